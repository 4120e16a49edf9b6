using MeeseeksBox.Agent.Outputs;
using Serilog.Core;

namespace MeeseeksBox.Agent.Tests.Outputs;

/// <summary>A store for tests that are not about outputs: a temporary folder.</summary>
internal static class NoOutputs
{
    static NoOutputs() => AppDomain.CurrentDomain.ProcessExit += (_, _) => Folder.Dispose();

    /// <summary>The folder.</summary>
    public static RunsFolder Folder { get; } = new(stateFile: null, isDurable: false);

    /// <summary>The store.</summary>
    public static OutputStore Store { get; } = new(Folder, TimeProvider.System, Logger.None);
}
