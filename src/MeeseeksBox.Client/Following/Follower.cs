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
    private static readonly TimeSpan HoldForJobs = TimeSpan.FromSeconds(60);

    // Load averages are no news that ends a wait: they come when it is over.
    private static readonly TimeSpan HoldForLoads = TimeSpan.FromSeconds(5);

    private readonly Differences _differences = new();
    private Connection? _connection;
    private long? _seq;
    private bool _isOldPeer;

    /// <summary>The news, as they come.</summary>
    /// <exception cref="MeeseeksConnectionException">The box was away for longer than it may be.</exception>
    /// <exception cref="MeeseeksRequestException">The box does not take the selection.</exception>
    public async IAsyncEnumerable<JobNews> FollowAsync([EnumeratorCancellation] CancellationToken stop)
    {
        await using var line = new Line(connector, options);
        var (lastGood, failures) = (options.Time.GetTimestamp(), 0);
        while (true)
        {
            JobNews? news = null;
            var changed = interruption();
            using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, changed);
            try
            {
                news = await AskAsync(await line.OpenAsync(stop), either.Token);
                (lastGood, failures) = (options.Time.GetTimestamp(), 0);
            }
            catch (MeeseeksConnectionException) when (options.IsWithin(options.ReconnectFor, lastGood, ++failures))
            {
                await Task.Delay(Pauses.After(failures, Random.Shared.NextDouble()), options.Time, stop);
            }
            catch (OperationCanceledException) when (changed.IsCancellationRequested && !stop.IsCancellationRequested)
            {
                // Asked again with the same seq: what the lost answer told comes once more.
            }

            if (news is not null)
            {
                yield return news;
            }

            if (_isOldPeer)
            {
                await PauseAsync(either.Token, stop);
            }
        }
    }

    private async Task<JobNews?> AskAsync(Connection connection, CancellationToken stop)
    {
        if (connection != _connection)
        {
            // Another connection may lead to another life of the box, whose numbers of change mean something else.
            (_connection, _seq, _isOldPeer) = (connection, null, false);
            nodes?.StartAnew();
        }

        if (_isOldPeer)
        {
            return await AskWholeAsync(connection, stop);
        }

        var isWhole = _seq is null;
        var filter = selection().With("seq", _seq ?? 0).ToFilter();
        var request = new JsonObject { ["get"] = filter, ["options"] = new JsonObject { ["unassigned"] = true } };
        var hold = isWhole ? TimeSpan.Zero : nodes is null ? HoldForJobs : HoldForLoads;
        if (!isWhole)
        {
            request["wait"] = hold.TotalSeconds;
        }

        var (answer, areNodesNew) = await SendAsync(connection, request, hold, stop);
        _seq = answer.Seq;
        _isOldPeer = _seq is null;
        if (_isOldPeer)
        {
            return await AskWholeAsync(connection, stop);
        }

        var jobs = Jobs(answer);
        if (isWhole)
        {
            _differences.Note(jobs);
        }

        return isWhole || areNodesNew || jobs.Count > 0 ? News(jobs, isWhole) : null;
    }

    // An old peer leaves jobs without a node out of an answer to "seq", and cannot tell that a job is gone: it is asked for all, and we compare.
    private async Task<JobNews?> AskWholeAsync(Connection connection, CancellationToken stop)
    {
        var areNodesNew = false;
        var received = await OldPeerJobs.GetAsync(selection(), async request =>
        {
            (var answer, var areNew) = await SendAsync(connection, request, TimeSpan.Zero, stop);
            areNodesNew |= areNew;
            return answer;
        });
        return _differences.Find([.. received.Select(one => one.Job)]) is { } news ? News(news.Jobs, news.IsWhole)
            : areNodesNew ? News([], isWhole: false)
            : null;
    }

    private async Task<(Answer Answer, bool AreNodesNew)> SendAsync(Connection connection, JsonObject request, TimeSpan hold, CancellationToken stop)
    {
        if (nodes is not null)
        {
            request["nodes"] = nodes.Question;
        }

        var answer = Answer.Read(await connection.AskAsync(RequestBytes.Of(request), hold, stop)).Checked();
        return (answer, nodes?.Take(answer) ?? false);
    }

    private JobNews News(IReadOnlyList<Job> jobs, bool isWhole) => new(jobs, isWhole) { Nodes = nodes?.All };

    private static List<Job> Jobs(Answer answer) => [.. answer.Jobs("get").Select(pair => pair.Value).OfType<Job>()];

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
