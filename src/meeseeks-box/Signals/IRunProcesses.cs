using MeeseeksBox.Core.Runs;
using MeeseeksBox.Protocol.Signals;

namespace MeeseeksBox.Agent.Signals;

/// <summary>The processes of the runs on this node.</summary>
internal interface IRunProcesses
{
    /// <summary>Sends a signal to the process of a run.</summary>
    /// <returns>Null when it was sent; else why it was not.</returns>
    Task<string?> SignalAsync(Run run, Signal signal);
}
