using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using MeeseeksBox.Client.Connections;
using MeeseeksBox.Client.OldPeers;
using MeeseeksBox.Foundation.Time;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Client.Following;

/// <summary>Follows the changes of jobs, and of nodes on request.</summary>
/// <remarks>
/// It has its own connection, because a held answer would delay other requests. A box that supports long polls sends changes at
/// once. A legacy node, whose answers have no <c>seq</c>, is polled every <see cref="MeeseeksClientOptions.Refresh"/>.
/// </remarks>
/// <param name="connector">Opens the connection.</param>
/// <param name="options">The options of the client.</param>
/// <param name="selection">The jobs to follow; evaluated before each request, so it may change.</param>
/// <param name="interruption">A token that ends the current long poll; evaluated before each request.</param>
/// <param name="nodes">Collects the status of nodes; null if only jobs are followed.</param>
/// <param name="attributes">The attributes of the jobs; null for all.</param>
internal sealed class Follower(
    Connector connector,
    MeeseeksClientOptions options,
    Func<JobSelection> selection,
    Func<CancellationToken> interruption,
    KnownNodes? nodes = null,
    IEnumerable<string>? attributes = null)
{
    private static readonly TimeSpan MaxWaitForJobs = TimeSpan.FromSeconds(60);

    // A change of a load average does not end a long poll; it arrives when the poll ends.
    private static readonly TimeSpan MaxWaitForLoads = TimeSpan.FromSeconds(5);

    private readonly SnapshotDiff _snapshotDiff = new();
    private Connection? _connection;
    private long? _seq;
    private bool _isLegacyPeer;

    /// <summary>Returns updates as they arrive.</summary>
    /// <exception cref="MeeseeksConnectionException">The box was unreachable for longer than the options allow.</exception>
    /// <exception cref="MeeseeksRequestException">The box rejected the selection.</exception>
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
            catch (MeeseeksConnectionException) when (options.IsWithin(connector.RetryFor, lastGood, ++failures))
            {
                await Task.Delay(Connector.Pauses.After(failures, Random.Shared.NextDouble()), options.Time, stop);
            }
            catch (OperationCanceledException) when (changed.IsCancellationRequested && !stop.IsCancellationRequested)
            {
                // The next request has the same seq, so the changes of the discarded answer arrive again.
            }

            if (update is not null)
                yield return update;

            if (_isLegacyPeer)
                await PauseAsync(either.Token, stop);
        }
    }

    private async Task<JobUpdate?> RequestAsync(Connection connection, CancellationToken stop)
    {
        if (connection != _connection)
        {
            // The box may have restarted since, and its numbers of change with it.
            (_connection, _seq, _isLegacyPeer) = (connection, null, false);
            nodes?.Reset();
        }

        if (_isLegacyPeer)
            return await RequestSnapshotAsync(connection, stop);

        var isSnapshot = _seq is null;
        var chosen = selection();
        var filter = chosen.With("seq", _seq ?? 0).ToFilter();
        var wanted = new JsonObject { ["unassigned"] = true };
        if (attributes is not null)
            wanted["attributes"] = new JsonArray([.. attributes.Select(name => (JsonNode?)name)]);

        var request = new JsonObject { ["get"] = filter, ["options"] = wanted };
        var maxWait = isSnapshot ? TimeSpan.Zero : nodes is null ? MaxWaitForJobs : MaxWaitForLoads;
        if (!isSnapshot)
            request["wait"] = maxWait.TotalSeconds;

        var (response, areNodesNew) = await SendAsync(connection, request, maxWait, stop);
        _seq = response.Seq;
        _isLegacyPeer = _seq is null;
        if (_isLegacyPeer)
            return await RequestSnapshotAsync(connection, stop);

        var jobs = Jobs(response, chosen);
        if (isSnapshot)
            _snapshotDiff.Note(jobs);

        return isSnapshot || areNodesNew || jobs.Count > 0 ? UpdateOf(jobs, isSnapshot) : null;
    }

    // A legacy node omits jobs without a node from an answer to "seq" and does not report removed jobs.
    // The client requests all jobs and compares them.
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

    private async Task<(Response Answer, bool AreNodesNew)> SendAsync(
        Connection connection, JsonObject request, TimeSpan maxWait, CancellationToken stop)
    {
        if (nodes is not null)
            request["nodes"] = nodes.NextRequest;

        var response = Response.Read(await connection.RequestAsync(RequestBytes.Of(request), maxWait, stop)).EnsureSuccess();
        return (response, nodes?.Take(response) ?? false);
    }

    private JobUpdate UpdateOf(IReadOnlyList<Job> jobs, bool isSnapshot) => new(jobs, isSnapshot) { Nodes = nodes?.All };

    private static List<Job> Jobs(Response response, JobSelection chosen) =>
        [.. response.Jobs("get").Select(pair => pair.Value).OfType<Job>().Where(job => chosen.Includes(job.Id))];

    private async Task PauseAsync(CancellationToken either, CancellationToken stop)
    {
        try
        {
            await Task.Delay(options.Refresh.ForTimer(), options.Time, either);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            // The selection has changed: poll at once.
        }
    }
}
