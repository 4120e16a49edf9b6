using MeeseeksBox.Protocol.Signals;

namespace MeeseeksBox.Agent.Signals;

/// <summary>Sends signals on to downstream nodes.</summary>
internal interface ISignalRelay
{
    /// <summary>Has a peer send a signal to jobs.</summary>
    /// <param name="peer">The name of the peer.</param>
    /// <param name="ids">The ids of the jobs.</param>
    /// <param name="signal">The signal.</param>
    /// <param name="stop">Cancels the request; the signal may have been sent.</param>
    /// <exception cref="IOException">The peer cannot be reached: nothing was sent.</exception>
    Task<SignalOutcome> SendAsync(string peer, IReadOnlyList<string> ids, Signal signal, CancellationToken stop);
}
