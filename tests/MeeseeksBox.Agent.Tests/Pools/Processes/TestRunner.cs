using MeeseeksBox.Agent.Pools.Processes;
using MeeseeksBox.Agent.Tails;
using MeeseeksBox.Agent.Tests.Outputs;
using MeeseeksBox.Runner.Ending;
using MeeseeksBox.Testing;
using Serilog.Core;

namespace MeeseeksBox.Agent.Tests.Pools.Processes;

/// <summary>The runner of all tests, which ends with their process.</summary>
internal static class TestRunner
{
    /// <summary>Starts processes in the runner.</summary>
    public static ProcessTask Task { get; } = new(
        new RunnerHost(Path.Combine(BuildOutput.Of("src/meeseeks-runner"), "meeseeks-runner"), NoOutputs.Folder, Logger.None),
        new Orphans(new ProcessTable(), TimeProvider.System),
        NoOutputs.Store,
        new LiveOutputs());
}
