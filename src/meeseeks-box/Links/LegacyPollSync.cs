using System.Threading.Channels;
using MeeseeksBox.Agent.Configuration;
using MeeseeksBox.Agent.State;
using MeeseeksBox.Core.Peers;

namespace MeeseeksBox.Agent.Links;

/// <summary>Talks with a peer of the old implementation, which answers at once: it is asked every <c>refresh</c>, and for its nodes every <c>poll</c>.</summary>
/// <remarks>
/// Every <c>poll</c> the jobs that are not over there are asked for by their ids. An original node counts its changes from 1 at each start,
/// and its state file has jobs with higher numbers, so that its changes can be below the highest number that was received.
/// </remarks>
internal sealed class LegacyPollSync(PeerConnection connection, Peer peer, LinkConfig config, CoreHost host, TimeProvider time, Action<PeerResponse> take)
{
    // An original node goes through the whole list for each of its jobs, and does nothing else meanwhile.
    private const int MostLookups = 500;

    private long _polledAt = time.GetTimestamp();
    private int _lookedUp;

    /// <summary>One turn: exchange all that is new on both sides, and pause until something is to be sent or it is time again. Ends when the connection does.</summary>
    public async Task RunAsync(ChannelReader<bool> woken, CancellationToken stop)
    {
        while (true)
        {
            var isPoll = time.GetElapsedTime(_polledAt) >= config.Poll;
            var (jobs, live) = host.Execute((core, _) => (core.DequeuePending(peer), isPoll ? Next(core.LiveJobsAt(peer)) : []));
            if (live is [])
            {
                PeerRequest.WriteTurn(connection.Output, jobs, peer, isPoll, wait: null);
            }
            else
            {
                PeerRequest.WriteLookup(connection.Output, jobs, live, peer);
            }

            await connection.SendAsync(stop);
            var answer = await connection.ReceiveAsync(TimeSpan.Zero, stop);

            // What was asked for by ids says nothing of other jobs with lower numbers.
            take(live is [] ? answer : answer with { Seq = peer.Seq });
            _polledAt = isPoll ? time.GetTimestamp() : _polledAt;
            if (!peer.HasPending)
            {
                await PauseAsync(woken, stop);
            }
        }
    }

    // All in turn, some at each poll.
    private IReadOnlyList<string> Next(IReadOnlyList<string> live)
    {
        _lookedUp = _lookedUp < live.Count ? _lookedUp : 0;
        IReadOnlyList<string> next = [.. live.Skip(_lookedUp).Take(MostLookups)];
        _lookedUp += next.Count;
        return next;
    }

    private async Task PauseAsync(ChannelReader<bool> woken, CancellationToken stop)
    {
        using var over = new CancellationTokenSource(config.Refresh, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over.Token, stop);
        try
        {
            _ = await woken.WaitToReadAsync(either.Token);
            _ = woken.TryRead(out _);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            // It is time again.
        }
    }
}
