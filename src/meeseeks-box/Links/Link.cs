using System.Threading.Channels;
using MeeseeksBox.Agent.Configuration;
using MeeseeksBox.Agent.State;
using MeeseeksBox.Core;
using MeeseeksBox.Core.Peers;
using Serilog;

namespace MeeseeksBox.Agent.Links;

/// <summary>
/// The link to one downstream node: connects, and connects again; sends what changes here, takes in what changes there
/// (docs/SPECIFICATION.md#links).
/// </summary>
internal sealed class Link(string name, Peer peer, LinkConfig config, CoreHost host, TimeProvider time, ILogger log) : IDisposable
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    // So that a pause is a fifth of the time that was tried in vain before: who comes late is found soon after.
    private const double Growth = 1.25;

    private readonly Channel<bool> _woken = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _stop = new();

    // Why the link is down, all that was told of since it was last up.
    private readonly HashSet<string> _loggedProblems = new(StringComparer.Ordinal);
    private long? _upSince;

    /// <summary>The peer of this link.</summary>
    public Peer Peer => peer;

    /// <summary>What it goes by.</summary>
    public LinkConfig Config => config;

    /// <summary>Says that there is something to be sent.</summary>
    public void Wake() => _woken.Writer.TryWrite(true);

    /// <summary>Lets <see cref="RunAsync"/> end.</summary>
    public void Stop() => _stop.Cancel();

    /// <summary>One turn: connect, exchange until the connection breaks, pause. Pauses grow until a connection has held.</summary>
    public async Task RunAsync()
    {
        var pause = ShortestPause;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await ExchangeAsync();
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                break;
            }
            catch (LinkException problem)
            {
                LogDisconnected(problem.Message);
            }
            finally
            {
                host.Execute((_, _) => NodeCore.Disconnected(peer));
            }

            // One that breaks down again and again is not tried, and told of, ten times a second.
            pause = _upSince is { } up && time.GetElapsedTime(up) > LongestPause ? ShortestPause : pause;
            _upSince = null;

            // Jittered, so that links which broke together do not come back together.
            await Task.Delay(pause * (0.5 + (Random.Shared.NextDouble() / 2)), time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = pause * Growth < LongestPause ? pause * Growth : LongestPause;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _stop.Dispose();

    private async Task ExchangeAsync()
    {
        await using var connection = await PeerConnection.OpenAsync(config, time, _stop.Token);

        // Nothing is sent before the peer has told of its nodes and jobs: nothing may travel along a cycle, and it may know all that we know.
        PeerRequest.WriteGreeting(connection.Output);
        await connection.SendAsync(_stop.Token);
        var greeting = await connection.ReceiveAsync(TimeSpan.Zero, _stop.Token);
        MergeResponse(greeting);
        _upSince = time.GetTimestamp();
        LogConnected(greeting);
        var exchange = greeting.NodesSeq is null
            ? new LegacyPollSync(connection, peer, config, host, time, MergeResponse).RunAsync(_woken.Reader, _stop.Token)
            : new LongPollSync(connection, peer, config, host, MergeResponse).RunAsync(_woken.Reader, _stop.Token);
        await exchange;
    }

    private void MergeResponse(PeerResponse answer)
    {
        foreach (var problem in answer.Problems)
        {
            log.Warning("something that {Peer} tells cannot be read: {Problem}", name, problem);
        }

        var refusal = host.Execute((core, now) =>
        {
            var refused = answer.Nodes is null ? null : core.MergeNodesOf(peer, answer.Nodes, answer.NodesGone, answer.NodesSeq, now);
            if (refused is not null)
            {
                core.ForgetNodesOf(peer, now);
            }
            else if (answer.HasJobs)
            {
                core.MergeJobsOf(peer, answer.Jobs, answer.Seq, now);
            }

            return refused;
        });
        if (refusal is not null)
        {
            throw new LinkException(refusal);
        }
    }

    private void LogConnected(PeerResponse greeting)
    {
        var status = greeting.Nodes?.GetValueOrDefault(name);
        log.Information("up: {Peer} at {Address}:{Port} ({Version})", name, config.Address, config.Port, status?.Ver ?? "a node of the old implementation");
        _loggedProblems.Clear();
        if (status is null)
        {
            log.Warning(
                "what listens at {Address}:{Port} does not call itself {Peer}: it tells of {Nodes}; a node's name in 'nodes' should be its own",
                config.Address, config.Port, name, string.Join(", ", greeting.Nodes?.Keys ?? []));
        }
    }

    // Once for each reason, not once for each try.
    private void LogDisconnected(string problem)
    {
        if (_loggedProblems.Add(problem))
        {
            log.Warning("down: {Peer} at {Address}:{Port}: {Problem}; it is tried again, every {Pause} s at most", name, config.Address, config.Port, problem, LongestPause.TotalSeconds);
        }
    }
}
