using MeeseeksBox.Agent.Signals;
using MeeseeksBox.Protocol.Signals;

namespace MeeseeksBox.Agent.Tests.Signals;

/// <summary>Downstream nodes that send all signals, except those that are down.</summary>
internal sealed class FakeSignalRelay : ISignalRelay
{
    public List<string> Sent { get; } = [];

    public HashSet<string> Down { get; } = [];

    public Task<SignalOutcome> SendAsync(string peer, IReadOnlyList<string> ids, Signal signal, CancellationToken stop)
    {
        if (Down.Contains(peer))
            throw new IOException("connection refused");

        Sent.Add($"{peer}: {string.Join(' ', ids)} {signal.Name}");
        return Task.FromResult(new SignalOutcome(ids, []));
    }
}
