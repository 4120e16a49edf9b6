using System.Threading.Channels;
using MeeseeksBox.Agent.Configuration;
using MeeseeksBox.Agent.State;
using MeeseeksBox.Core.Peers;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Agent.Links;

/// <summary>
/// Talks with a peer that can wait: one request is always held there, whose answer is the news. What changes here goes off at once as a line
/// of its own, which also ends the wait.
/// </summary>
internal sealed class LongPollSync(PeerConnection connection, Peer peer, LinkConfig config, CoreHost host, Action<PeerResponse> take)
{
    // The lines sent and not yet answered, in their order: true for the one that is held.
    private readonly Queue<bool> _unanswered = new();

    /// <summary>One turn: have a request held there, and wait for its answer or for something to send. Ends when the connection does.</summary>
    public async Task RunAsync(ChannelReader<bool> woken, CancellationToken stop)
    {
        Task<PeerResponse>? answer = null;
        Task<bool>? wake = null;
        while (true)
        {
            if (!_unanswered.Contains(true))
            {
                PeerRequest.WriteTurn(connection.Output, TakePending(isTurn: true), peer, nodes: true, config.Poll);
                _unanswered.Enqueue(true);
                await connection.SendAsync(stop);
            }
            else if (peer.HasPending && _unanswered.Count is 1)
            {
                // More than one such line is never under way: what comes meanwhile goes along with the next.
                PeerRequest.WriteSync(connection.Output, TakePending(isTurn: false));
                _unanswered.Enqueue(false);
                await connection.SendAsync(stop);
            }

            answer ??= connection.ReceiveAsync(config.Poll, stop);
            wake ??= woken.WaitToReadAsync(stop).AsTask();
            if (await Task.WhenAny(answer, wake) == wake)
            {
                _ = await wake;
                _ = woken.TryRead(out _);
                wake = null;
                continue;
            }

            var isTurn = _unanswered.Dequeue();
            var came = await answer;
            answer = null;
            if (isTurn)
            {
                take(came);
            }
        }
    }

    private IReadOnlyList<Job> TakePending(bool isTurn) => host.Execute((core, _) => core.DequeuePending(peer, isTurn));
}
