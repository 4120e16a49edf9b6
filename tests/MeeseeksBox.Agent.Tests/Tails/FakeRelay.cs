using MeeseeksBox.Agent.Tails;
using MeeseeksBox.Foundation;
using MeeseeksBox.Protocol.Outputs;
using MeeseeksBox.Protocol.Requests;

namespace MeeseeksBox.Agent.Tests.Tails;

/// <summary>Downstream nodes that answer with the function of a test.</summary>
internal sealed class FakeRelay : IOutputRelay
{
    /// <summary>The requests with their peers.</summary>
    public List<(string Peer, TailRequest Request, TimeSpan Wait)> Asked { get; } = [];

    /// <summary>Returns the answer of a peer.</summary>
    public Func<string, TailRequest, Task, Task<Result<OutputPart>>> Answer { get; set; } =
        (peer, _, _) => throw new IOException($"{peer} is down");

    public Task<Result<OutputPart>> AskAsync(
        string peer, TailRequest request, TimeSpan wait, Task interruption, CancellationToken stop)
    {
        lock (Asked)
            Asked.Add((peer, request, wait));

        return Answer(peer, request, interruption);
    }
}
