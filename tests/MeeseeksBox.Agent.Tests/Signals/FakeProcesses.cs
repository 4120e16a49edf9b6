using MeeseeksBox.Agent.Signals;
using MeeseeksBox.Core.Runs;
using MeeseeksBox.Protocol.Signals;

namespace MeeseeksBox.Agent.Tests.Signals;

/// <summary>Processes that record their signals.</summary>
internal sealed class FakeProcesses : IRunProcesses
{
    public List<string> Sent { get; } = [];

    public string? Problem { get; set; }

    public Task<string?> SignalAsync(Run run, Signal signal)
    {
        Sent.Add($"{run.Job.Id} {signal.Name}");
        return Task.FromResult(Problem);
    }
}
