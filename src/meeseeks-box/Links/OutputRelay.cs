using MeeseeksBox.Agent.Tails;
using MeeseeksBox.Foundation;
using MeeseeksBox.Protocol.Outputs;
using MeeseeksBox.Protocol.Requests;

namespace MeeseeksBox.Agent.Links;

/// <summary>Asks the peers of the links for the output of jobs.</summary>
internal sealed class OutputRelay(LinkSet links, RelayFailures failures) : IOutputRelay
{
    /// <inheritdoc/>
    public async Task<Result<OutputPart>> AskAsync(
        string peer, TailRequest request, TimeSpan wait, Task interruption, CancellationToken stop)
    {
        try
        {
            return links.RelaysOf(peer) is { } relays
                ? await relays.AskAsync(request, wait, interruption, stop)
                : throw new LinkException("the link was removed");
        }
        catch (LinkException problem)
        {
            failures.Log(peer, problem);
            throw new IOException(problem.Message, problem);
        }
    }
}
