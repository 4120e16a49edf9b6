using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using MeeseeksBox.Agent.Links;
using MeeseeksBox.Agent.State;
using MeeseeksBox.Agent.Tests.Architecture;
using MeeseeksBox.Agent.Tests.Outputs;
using MeeseeksBox.Core.Replication;
using MeeseeksBox.Core.Settings;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Testing;
using Microsoft.Extensions.Time.Testing;

namespace MeeseeksBox.Agent.Tests.Links;

/// <summary>A hostile reply of a peer is merged, or breaks its link with a reason. The link to another peer is not disturbed.</summary>
/// <remarks>MEESEEKS_REPLIES sets the number of replies, and MEESEEKS_REPLIES_SEED the seed of their mutations.</remarks>
public sealed partial class PeerReplyFuzzTests
{
    // Then a new head follows, because hostile jobs and nodes pile up.
    private const int RepliesOfHead = 1000;

    private static readonly int Replies = NumberOf("MEESEEKS_REPLIES", 20_000);
    private static readonly int Seed = NumberOf("MEESEEKS_REPLIES_SEED", 1);

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 128 };

    private static readonly string[] Corpus =
    [
        """[{"get":{},"seq":1,"nodes":{"peer":{"online":true,"ts":1,"routing":["peer","n2"],"pools":{"p":2,"q":true},"ver":"1"}}}]""",
        """[{"sync":["a"],"get":{"b":{"seq":18,"pool":"p","args":["x"],"node":"peer","state":"done","ts":5}},"seq":18,"nodes_seq":4}]""",
        """[{"get":{"a":{"pool":"p","args":["x"],"node":"here","active":true,"ts":9,"epoch":2,"start_count":3,"runtime":1e9}},"seq":2}]""",
        """[{"get":{"c":{"pool":"p","node":"peer","stdout_data":"aGVsbG8=","env":{"A":"b"},"config":{"cwd":"/"}}},"seq":3}]""",
        """[{"get":{"d":{"pool":"__config","node":"here","args":{"name":"x"},"state":"new","submit_ts":5,"ts":9}},"seq":12}]""",
        """[{"nodes":{"n3":{"online":false,"ts":2,"pools":{},"ver":"1","links":["n4"]}},"nodes_seq":7,"nodes_gone":["n2"]}]""",
        """[{"nodes":{"peer":{"online":true,"ts":3,"pools":{"p":9},"ver":"1","caps":["wait","lease"],"instance":"a.b"}},"nodes_seq":8}]""",
        """[{"error":"you are not allowed to do that","code":"refused"}]""",
        .. Recorded(),
    ];

    [Fact]
    public void Each_reply_is_merged_or_breaks_the_link_with_a_reason()
    {
        var (structure, bytes) = (new JsonMutator(Corpus, Seed), new LineMutator(Corpus, Seed));
        var (merged, refused) = (0, 0);
        for (var done = 0; done < Replies; done += RepliesOfHead)
        {
            using var head = new Head();
            for (var number = done; number < done + RepliesOfHead; number++)
            {
                var line = number % 4 is 0 ? bytes.Next() : structure.Next();
                try
                {
                    _ = head.Receive(line) is null ? merged++ : refused++;
                }
                catch (Exception fault)
                {
                    throw new InvalidOperationException($"seed {Seed}, reply {number}: {Encoding.UTF8.GetString(line)}", fault);
                }
            }

            head.Check($"seed {Seed}, after reply {done + RepliesOfHead - 1}");
        }

        merged.Should().BeGreaterThan(Replies / 3, "most replies reach the rules");
        refused.Should().BeGreaterThan(Replies / 20);
    }

    private static int NumberOf(string variable, int other) =>
        Environment.GetEnvironmentVariable(variable) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : other;

    // Of all versions, on the wire between a head and its node.
    private static IEnumerable<string> Recorded()
    {
        var recordings = Directory
            .GetFiles(Repository.At("tests", "MeeseeksBox.Protocol.Tests", "Recordings"), "head-to-node.jsonl", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)
            .SelectMany(File.ReadLines)
            .Select(line => JsonElement.Parse(line))
            .Where(line => line.GetProperty("from").ValueEquals("downstream"))
            .Select(line => line.GetProperty("line").GetRawText().Replace("\"node1\"", "\"peer\"").Replace("\"head1\"", "\"here\""));
        var transcripts = Directory
            .GetFiles(Repository.At("tests", "EndToEnd", "Golden", "Transcripts"), "upstream*.txt")
            .Order(StringComparer.Ordinal)
            .SelectMany(File.ReadLines)
            .Where(line => line.StartsWith("< [{", StringComparison.Ordinal))
            .Select(line => Masked().Replace(line[2..], "1.5").Replace("\"n2\"", "\"peer\"").Replace("\"head\"", "\"here\""));
        return recordings.Concat(transcripts).Distinct();
    }

    [GeneratedRegex("<[a-z]+(:[0-9]+)?>")]
    private static partial Regex Masked();

    // A head with a hostile peer and a good one.
    private sealed class Head : IDisposable
    {
        private const string GoodStatus =
            """{"online":true,"ts":1,"routing":["good"],"pools":{"g":9},"ver":"1","caps":["wait"],"instance":"g.h"}""";

        // The time of the recordings. On a busy machine, a node could be silent for too long.
        private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeSeconds(1_795_413_155));
        private readonly CoreHost _host;
        private readonly DownstreamSession _good;
        private readonly DownstreamSession _hostile;

        public Head()
        {
            var pools = new Dictionary<string, PoolSettings> { ["p"] = new() { Slots = 1 } };
            var settings = new NodeSettings { Name = "here", Pools = pools };
            _host = new CoreHost(settings, NoOutputs.Store, _time, fault => throw fault);
            (_good, _hostile) = (SessionOf("good"), SessionOf("peer"));
            Connect(_good);
            Connect(_hostile);
            Exchange(_good, Read($$$"""[{"get":{},"seq":0,"nodes":{"good":{{{GoodStatus}}}},"nodes_seq":1}]""")).Should().BeNull();
        }

        // Returns why the link is broken; null when it is not.
        public string? Receive(byte[] line)
        {
            _time.Advance(TimeSpan.FromMilliseconds(1));
            var failure = FailureOf(line);
            if (failure is not null)
            {
                _ = _host.Execute((_, now) => _hostile.Disconnect(now));
                Connect(_hostile);
            }

            return failure;
        }

        // A job goes to the good peer, and its end comes back. All that was merged can be written.
        public void Check(string when)
        {
            var spec = SubmitArgument.Read(JsonElement.Parse("""{"id":"g1","pool":"g","args":["x"],"tags":["good"]}"""));
            _host.Execute((core, now) => core.Submit(spec, now)).Error.Should().BeNull(when);
            var sent = _host.Execute((core, now) => _good.Advance(core, null, now)).Messages.SelectMany(message => message.Jobs ?? []);
            var job = sent.Should().ContainSingle(one => one.Id == "g1", when).Which;
            job.Status.Node.Should().Be("good", when);
            job = job with { Ts = job.Ts + 1, Status = job.Status with { State = JobState.Done, StartCount = 1, EndTs = job.Ts + 1 } };
            Exchange(_good, Read($$"""[{"get":{"g1":{{Text(job)}}},"seq":1,"nodes":{},"nodes_seq":1}]""")).Should().BeNull(when);
            _host.Execute((core, _) => core.Find("g1"))!.Status.State.Should().Be(JobState.Done, when);
            _good.IsUp.Should().BeTrue(when);

            foreach (var stored in _host.Execute((core, _) => core.Snapshot()))
                _ = Text(stored);
            _ = JsonSerializer.Serialize(_host.Execute((core, now) => core.NodesSince(0, null, now)));
        }

        public void Dispose() => _host.Dispose();

        private static PeerReply Read(string line) => Read(Encoding.UTF8.GetBytes(line));

        private static PeerReply Read(byte[] line)
        {
            using var document = JsonDocument.Parse(line, Options);
            return new PeerReplyReader(_ => { }).Read(document.RootElement);
        }

        private static string Text(Job job)
        {
            var bytes = new MemoryStream();
            using (var json = new Utf8JsonWriter(bytes))
                JobAttributes.Write(json, job);
            return Encoding.UTF8.GetString(bytes.ToArray());
        }

        private string? FailureOf(byte[] line)
        {
            try
            {
                return Exchange(_hostile, Read(line));
            }
            catch (Exception reason) when (reason is JsonException or LinkException)
            {
                return reason.Message;
            }
        }

        private string? Exchange(DownstreamSession session, PeerReply reply)
        {
            var step = _host.Merge(
                reply.Jobs ?? [],
                (core, jobs, now) => session.Advance(core, reply is { Jobs: not null } ? reply with { Jobs = jobs } : reply, now));
            return step.Failure?.Reason;
        }

        private DownstreamSession SessionOf(string name) => new(
            _host.Execute((core, now) => core.AddPeer(name, now)), new LinkTiming(Refresh: 1, Poll: 10, Timeout: 600), new Random(1));

        private void Connect(DownstreamSession session)
        {
            _host.Execute((_, now) => session.Connect(now));
            _ = _host.Execute((core, now) => session.Advance(core, null, now));
        }
    }
}
