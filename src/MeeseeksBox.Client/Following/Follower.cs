using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using MeeseeksBox.Client.Connections;
using MeeseeksBox.Client.OldPeers;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Client.Following;

/// <summary>
/// Follows jobs over a connection of its own, so that an answer that is held back stands in nobody's way. A box that can wait tells news at
/// once; an old peer, whose answers have no <c>seq</c>, is asked every <see cref="MeeseeksClientOptions.Refresh"/>.
/// </summary>
/// <param name="connector">Makes the connection.</param>
/// <param name="options">The options of the client.</param>
/// <param name="selection">Which jobs; asked before each request, so that it may change.</param>
/// <param name="interruption">Ends the present wait for news, because the selection has changed; asked before each request.</param>
/// <param name="nodes">Takes in what is told of nodes; null when nobody asks.</param>
internal sealed class Follower(
    Connector connector, MeeseeksClientOptions options, Func<JobSelection> selection, Func<CancellationToken> interruption, KnownNodes? nodes = null)
{
    private static readonly TimeSpan MaxWaitForJobs = TimeSpan.FromSeconds(60);

    // Load averages are no news that ends a wait: they come when it is over.
    private static readonly TimeSpan MaxWaitForLoads = TimeSpan.FromSeconds(5);

    private readonly SnapshotDiff _snapshotDiff = new();
    private Connection? _connection;
    private long? _seq;
    private bool _isLegacyPeer;

    /// <summary>The news, as they come.</summary>
    /// <exception cref="MeeseeksConnectionException">The box was away for longer than it may be.</exception>
    /// <exception cref="MeeseeksRequestException">The box does not take the selection.</exception>
    public async IAsyncEnumerable<JobUpdate> FollowAsync([EnumeratorCancellation] CancellationToken stop)
    {
        await using var connection = new ReconnectingConnection(connector, options);
        var (lastGood, failures) = (options.Time.GetTimestamp(), 0);
        while (true)
        {
            JobUpdate? update = null;
            var changed = interruption();
            using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, changed);
            try
            {
                update = await RequestAsync(await connection.OpenAsync(stop), either.Token);
                (lastGood, failures) = (options.Time.GetTimestamp(), 0);
            }
            catch (MeeseeksConnectionException) when (options.IsWithin(options.ReconnectFor, lastGood, ++failures))
            {
                await Task.Delay(Backoff.After(failures, Random.Shared.NextDouble()), options.Time, stop);
            }
            catch (OperationCanceledException) when (changed.IsCancellationRequested && !stop.IsCancellationRequested)
            {
                // Asked again with the same seq: what the lost answer told comes once more.
            }

            if (update is not null)
            {
                yield return update;
            }

            if (_isLegacyPeer)
            {
                await PauseAsync(either.Token, stop);
            }
        }
    }

    private async Task<JobUpdate?> RequestAsync(Connection connection, CancellationToken stop)
    {
        if (connection != _connection)
        {
            // Another connection may lead to another life of the box, whose numbers of change mean something else.
            (_connection, _seq, _isLegacyPeer) = (connection, null, false);
            nodes?.Reset();
        }

        if (_isLegacyPeer)
        {
            return await RequestSnapshotAsync(connection, stop);
        }

        var isSnapshot = _seq is null;
        var filter = selection().With("seq", _seq ?? 0).ToFilter();
        var request = new JsonObject { ["get"] = filter, ["options"] = new JsonObject { ["unassigned"] = true } };
        var hold = isSnapshot ? TimeSpan.Zero : nodes is null ? MaxWaitForJobs : MaxWaitForLoads;
        if (!isSnapshot)
        {
            request["wait"] = hold.TotalSeconds;
        }

        var (response, areNodesNew) = await SendAsync(connection, request, hold, stop);
        _seq = response.Seq;
        _isLegacyPeer = _seq is null;
        if (_isLegacyPeer)
        {
            return await RequestSnapshotAsync(connection, stop);
        }

        var jobs = Jobs(response);
        if (isSnapshot)
        {
            _snapshotDiff.Note(jobs);
        }

        return isSnapshot || areNodesNew || jobs.Count > 0 ? UpdateOf(jobs, isSnapshot) : null;
    }

    // An old peer leaves jobs without a node out of an answer to "seq", and cannot tell that a job is gone: it is asked for all, and we compare.
    private async Task<JobUpdate?> RequestSnapshotAsync(Connection connection, CancellationToken stop)
    {
        var areNodesNew = false;
        var received = await LegacyJobs.GetAsync(selection(), async request =>
        {
            (var response, var areNew) = await SendAsync(connection, request, TimeSpan.Zero, stop);
            areNodesNew |= areNew;
            return response;
        });
        return _snapshotDiff.Find([.. received.Select(one => one.Job)]) is { } update ? UpdateOf(update.Jobs, update.IsSnapshot)
            : areNodesNew ? UpdateOf([], isSnapshot: false)
            : null;
    }

    private async Task<(Response Answer, bool AreNodesNew)> SendAsync(Connection connection, JsonObject request, TimeSpan hold, CancellationToken stop)
    {
        if (nodes is not null)
        {
            request["nodes"] = nodes.NextRequest;
        }

        var response = Response.Read(await connection.RequestAsync(RequestBytes.Of(request), hold, stop)).EnsureSuccess();
        return (response, nodes?.Take(response) ?? false);
    }

    private JobUpdate UpdateOf(IReadOnlyList<Job> jobs, bool isSnapshot) => new(jobs, isSnapshot) { Nodes = nodes?.All };

    private static List<Job> Jobs(Response response) => [.. response.Jobs("get").Select(pair => pair.Value).OfType<Job>()];

    private async Task PauseAsync(CancellationToken either, CancellationToken stop)
    {
        try
        {
            await Task.Delay(options.Refresh, options.Time, either);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            // Interrupted: ask now.
        }
    }
}
