using System.Threading.Channels;
using MeeseeksBox.Agent.Configuration;
using MeeseeksBox.Agent.State;
using MeeseeksBox.Core.Peers;

namespace MeeseeksBox.Agent.Links;

/// <summary>Talks with a peer of the old implementation, which answers at once: it is asked every <c>refresh</c>, and for its nodes every <c>poll</c>.</summary>
internal sealed class OldExchange(PeerConnection connection, Peer peer, LinkConfig config, StateKeeper state, TimeProvider time, Action<PeerAnswer> take)
{
    private long _polledAt = time.GetTimestamp();

    /// <summary>One turn: exchange all that is new on both sides, and pause until something is to be sent or it is time again. Ends when the connection does.</summary>
    public async Task RunAsync(ChannelReader<bool> woken, CancellationToken stop)
    {
        while (true)
        {
            var isPoll = time.GetElapsedTime(_polledAt) >= config.Poll;
            PeerRequest.WriteTurn(connection.Output, state.Do((ledger, _) => ledger.TakePending(peer)), peer, isPoll, wait: null);
            await connection.SendAsync(stop);
            take(await connection.ReceiveAsync(TimeSpan.Zero, stop));
            _polledAt = isPoll ? time.GetTimestamp() : _polledAt;
            if (!peer.HasPending)
            {
                await PauseAsync(woken, stop);
            }
        }
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
