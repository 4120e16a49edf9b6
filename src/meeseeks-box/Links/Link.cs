using System.Text.Json;
using MeeseeksBox.Agent.Configuration;
using MeeseeksBox.Agent.State;
using MeeseeksBox.Core.Replication;
using MeeseeksBox.Foundation.Tasks;
using MeeseeksBox.Foundation.Text;
using MeeseeksBox.Protocol.Nodes;
using Serilog;
using Serilog.Events;

namespace MeeseeksBox.Agent.Links;

/// <summary>The link to one downstream node: socket, timer and log around a <see cref="DownstreamSession"/>.</summary>
internal sealed class Link : IDisposable
{
    // The reply to the greeting has all jobs of the peer. Its copies in memory are several times as large.
    private static readonly long LongestReply = Math.Clamp(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 8, 1L << 26, 1L << 30);

    // The peer writes the texts, and can make each one different.
    private const int MostProblems = 20;

    private readonly string _name;
    private readonly LinkConfig _config;
    private readonly CoreHost _host;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly DownstreamSession _session;
    private readonly ITimer _timer;
    private readonly AsyncSignal _signal = new();
    private readonly CancellationTokenSource _stop = new();
    private Task<bool> _woken;

    // The reasons for which the link was down since it was last up: each is logged once, and at most MostProblems.
    private readonly HashSet<string> _loggedProblems = new(StringComparer.Ordinal);

    public Link(Peer peer, LinkConfig config, CoreHost host, TimeProvider time, ILogger log)
    {
        (_name, _config, _host, _time, _log) = (peer.Name, config, host, time, log);
        var timing = new LinkTiming(config.Refresh.TotalSeconds, config.Poll.TotalSeconds, config.Timeout.TotalSeconds);
        _session = new DownstreamSession(peer, timing, Random.Shared);
        _timer = time.CreateTimer(_ => Wake(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _woken = NextWakeAsync();
        Relays = new RelayConnections(config, time);
    }

    /// <summary>The connections to the peer for the output of its jobs.</summary>
    public RelayConnections Relays { get; }

    /// <summary>The peer of this link.</summary>
    public Peer Peer => _session.Peer;

    /// <summary>The configuration that it was made from.</summary>
    public LinkConfig Config => _config;

    /// <summary>Wakes the link, which then advances its session.</summary>
    public void Wake() => _signal.Set();

    /// <summary>Stops the link, so that <see cref="RunAsync"/> ends.</summary>
    public void Stop() => _stop.Cancel();

    /// <summary>Connects, exchanges lines until the connection breaks, pauses, and starts again, until <see cref="Stop"/>.</summary>
    public async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await ExchangeAsync();
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                // The link was stopped.
            }
            catch (LinkException problem)
            {
                LogDisconnected(problem);
            }
#pragma warning disable CA1031 // A failure of one link must not affect another, or end the box.
            catch (Exception problem)
            {
                LogDisconnected(LinkException.Internal(problem));
            }
#pragma warning restore CA1031

            var pause = TimeSpan.FromSeconds(_host.Execute((_, now) => _session.Disconnect(now)));
            await Task.Delay(pause, _time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _timer.Dispose();
        _stop.Dispose();
        Relays.Dispose();
    }

    private async Task ExchangeAsync()
    {
        await using var connection = await PeerConnection.OpenAsync(_config, _time, LongestReply, _stop.Token);
        _host.Execute((_, now) => _session.Connect(now));
        await AdvanceAsync(connection, null);
        var reply = connection.ReceiveAsync(ReadReply, _stop.Token);
        while (true)
        {
            if (await Task.WhenAny(reply, _woken) == reply)
            {
                await AdvanceAsync(connection, await reply);
                reply = connection.ReceiveAsync(ReadReply, _stop.Token);
            }
            else
            {
                _ = await _woken;
                _woken = NextWakeAsync();
                await AdvanceAsync(connection, null);
            }
        }
    }

    // Kept from one connection to the next, so that a broken one takes no call of the signal with it.
    private Task<bool> NextWakeAsync() => _signal.WaitAsync(_stop.Token);

    private async Task AdvanceAsync(PeerConnection connection, PeerReply? reply)
    {
        var wasUp = _session.IsUp;
        var lastTrafficAt = connection.LastTrafficAt;
        var (step, now) = _host.Merge(
            reply?.Jobs ?? [],
            (core, jobs, now) =>
            {
                _session.RecordTraffic(lastTrafficAt);
                return (_session.Advance(core, reply is { Jobs: not null } ? reply with { Jobs = jobs } : reply, now), now);
            });
        if (step.Failure is { } failure)
        {
            await AnnounceAsync(connection, failure.Cycle);
            throw new LinkException(failure);
        }

        if (step.ClockDifference is { } ahead)
            LogClocks(ahead);

        if (!wasUp && _session.IsUp)
            LogConnected(reply!);

        if (double.IsFinite(step.Deadline))
            _ = _timer.Change(now.Until(step.Deadline), Timeout.InfiniteTimeSpan);

        if (step.Messages is [_, ..] messages)
        {
            foreach (var message in messages)
                PeerMessageWriter.Write(connection.Output, message);

            await connection.SendAsync(_stop.Token);
        }
    }

    // The other end of a link that closes a cycle cannot see why it is closed.
    private async Task AnnounceAsync(PeerConnection connection, IReadOnlyList<string> cycle)
    {
        if (cycle is [])
            return;

        PeerMessageWriter.Write(connection.Output, new PeerMessage { Jobs = [], Cycle = cycle });
        await connection.SendAsync(_stop.Token);
    }

    private PeerReply ReadReply(JsonElement line)
    {
        var count = 0;
        var reply = new PeerReplyReader(problem =>
        {
            if (count++ < MostProblems)
                _log.Warning("unreadable part of a reply from {Peer}: {Problem}", _name, SingleLine.Beginning(problem));
        }).Read(line);
        if (count > MostProblems)
            _log.Warning("unreadable parts of a reply from {Peer}: {Count} more", _name, count - MostProblems);

        return reply;
    }

    private void LogConnected(PeerReply greeting)
    {
        var status = greeting.Nodes?.GetValueOrDefault(_name);
        _log.Information(
            "up: {Peer} at {Address}:{Port} ({Version})",
            _name,
            _config.Address,
            _config.Port,
            (status ?? OnlyOne(greeting))?.Ver ?? (_session.IsLegacy ? "a legacy node" : "a node with another name"));
        _loggedProblems.Clear();
        if (status is null)
        {
            _log.Warning(
                "name mismatch: the node at {Address}:{Port} is not {Peer}; it reports {Nodes}",
                _config.Address, _config.Port, _name, string.Join(", ", greeting.Nodes?.Keys ?? []));
        }
    }

    // A node without nodes below it, whatever its name.
    private static NodeStatus? OnlyOne(PeerReply greeting) => greeting.Nodes is { Count: 1 } nodes ? nodes.Values.Single() : null;

    private void LogClocks(double ahead) => _log.Warning(
        "the clock of {Peer} is {Difference} s {Direction} that of this host, so the times of its jobs are too; synchronize both clocks",
        _name, Math.Round(Math.Abs(ahead), 1), ahead > 0 ? "ahead of" : "behind");

    private void LogDisconnected(LinkException failure)
    {
        var fault = failure.InnerException;
        var problem = SingleLine.Beginning(failure.Message);
        if (_loggedProblems.Count == MostProblems || !_loggedProblems.Add(problem))
            return;

        _log.Write(
            fault is null && !failure.IsMisconfiguration ? LogEventLevel.Warning : LogEventLevel.Error,
            fault,
            "down: {Peer} at {Address}:{Port}: {Problem}; reconnects with pauses of up to {Pause} s",
            _name, _config.Address, _config.Port, problem, DownstreamSession.LongestPause);
        if (_loggedProblems.Count == MostProblems)
            _log.Warning("down: {Peer}: further reasons are not logged until it is up", _name);
    }
}
