using System.Text;
using System.Text.Json;
using MeeseeksBox.Agent.Links;
using MeeseeksBox.Agent.State;
using MeeseeksBox.Agent.Tests.Outputs;
using MeeseeksBox.Core.Replication;
using MeeseeksBox.Core.Settings;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Testing;

namespace MeeseeksBox.Agent.Tests.Links;

/// <summary>Hostile replies of a peer, up to their merge: each is merged, or breaks the link with a reason.</summary>
public sealed class PeerReplyFuzzTests
{
    private const int Lines = 20_000;

    private static readonly string[] Corpus =
    [
        """[{"get":{},"seq":1,"nodes":{"peer":{"online":true,"ts":1,"routing":["peer","n2"],"pools":{"p":2,"q":true},"ver":"1"}}}]""",
        """[{"sync":["a"],"get":{"b":{"seq":18,"pool":"p","args":["x"],"node":"peer","state":"done","ts":5}},"seq":18,"nodes_seq":4}]""",
        """[{"get":{"a":{"pool":"p","args":["x"],"node":"here","active":true,"ts":9,"epoch":2,"start_count":3,"runtime":1e9}},"seq":2}]""",
        """[{"get":{"c":{"pool":"p","node":"peer","stdout_data":"aGVsbG8=","env":{"A":"b"},"config":{"cwd":"/"}}},"seq":3}]""",
        """[{"nodes":{"n3":{"online":false,"ts":2,"pools":{},"ver":"1","links":["n4"]}},"nodes_seq":7,"nodes_gone":["n2"]}]""",
        """[{"error":"you are not allowed to do that","code":"refused"}]""",
    ];

    [Fact]
    public void Each_reply_is_merged_or_breaks_the_link_with_a_reason()
    {
        var pools = new Dictionary<string, PoolSettings> { ["p"] = new() { Slots = 1 } };
        using var host = new CoreHost(new NodeSettings { Name = "here", Pools = pools }, NoOutputs.Store, TimeProvider.System, _ => { });
        var session = new DownstreamSession(
            host.Execute((core, now) => core.AddPeer("peer", now)), new LinkTiming(Refresh: 1, Poll: 10, Timeout: 3), new Random(1));
        var mutator = new LineMutator(Corpus, seed: 1);
        var merged = 0;
        for (var number = 0; number < Lines; number++)
        {
            var line = mutator.Next();
            if (Document(line) is not { } document)
                continue;

            using (document)
            {
                try
                {
                    var reply = new PeerReplyReader(_ => { }).Read(document.RootElement);
                    Advance(host, session, reply);
                    merged++;
                }
                catch (LinkException)
                {
                    // A reason.
                }
                catch (Exception fault)
                {
                    throw new InvalidOperationException($"reply {number}: {Encoding.UTF8.GetString(line)}", fault);
                }
            }
        }

        merged.Should().BeGreaterThan(Lines / 20);
        host.Execute((core, _) => core.Snapshot()).Should().OnlyContain(job => CanBeWritten(job));
    }

    private static JsonDocument? Document(byte[] line)
    {
        try
        {
            return JsonDocument.Parse(line);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static void Advance(CoreHost host, DownstreamSession session, PeerReply reply)
    {
        host.Execute((_, now) => session.Connect(now));
        _ = host.Execute((core, now) => session.Advance(core, null, now));
        _ = host.Merge(
            reply.Jobs ?? [],
            (core, jobs, now) => session.Advance(core, reply is { Jobs: not null } ? reply with { Jobs = jobs } : reply, now));
        _ = host.Execute((_, now) => session.Disconnect(now));
    }

    private static bool CanBeWritten(Job job)
    {
        using var json = new Utf8JsonWriter(new MemoryStream());
        JobAttributes.Write(json, job);
        return true;
    }
}
