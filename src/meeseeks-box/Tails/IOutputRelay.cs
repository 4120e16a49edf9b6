using MeeseeksBox.Foundation;
using MeeseeksBox.Protocol.Outputs;
using MeeseeksBox.Protocol.Requests;

namespace MeeseeksBox.Agent.Tails;

/// <summary>Asks downstream nodes for the output of jobs.</summary>
internal interface IOutputRelay
{
    /// <summary>Sends the request to a peer.</summary>
    /// <param name="peer">The name of the peer.</param>
    /// <param name="request">The request.</param>
    /// <param name="wait">How long the peer may hold its answer.</param>
    /// <param name="interruption">Makes the peer answer at once.</param>
    /// <param name="stop">Cancels the request.</param>
    /// <returns>The part, or the error of the peer.</returns>
    /// <exception cref="IOException">The peer cannot be reached, or its answer cannot be read.</exception>
    Task<Result<OutputPart>> AskAsync(string peer, TailRequest request, TimeSpan wait, Task interruption, CancellationToken stop);
}
