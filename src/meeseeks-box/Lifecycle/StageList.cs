using Serilog;

namespace MeeseeksBox.Agent.Lifecycle;

/// <summary>Starts stages in their order, and stops those that were begun in the reverse order.</summary>
/// <param name="stages">The stages in the order of the start.</param>
/// <param name="time">The clock of the limits.</param>
/// <param name="log">Receives stages that exceed their limit, or fail to stop.</param>
internal sealed class StageList(IReadOnlyList<Stage> stages, TimeProvider time, ILogger log)
{
    private readonly Stack<Stage> _begun = new();

    /// <summary>Starts all stages, up to the first one with a problem.</summary>
    /// <returns>The problems that prevent the start; empty when all stages have started.</returns>
    public async Task<IReadOnlyList<string>> StartAsync()
    {
        foreach (var stage in stages)
        {
            _begun.Push(stage);
            if (await stage.Start() is not [] and var problems)
                return problems;
        }

        return [];
    }

    /// <summary>Stops the stages that were begun, each within its limit. The failure of one does not keep the others from it.</summary>
    public async Task StopAsync()
    {
        while (_begun.TryPop(out var stage))
        {
            using var limit = new CancellationTokenSource(stage.StopLimit, time);
            try
            {
                await stage.Stop(limit.Token).WaitAsync(limit.Token);
            }
            catch (OperationCanceledException) when (limit.IsCancellationRequested)
            {
                log.Warning("stop continues: stage {Stage} not complete after {Limit} s", stage.Name, stage.StopLimit.TotalSeconds);
            }
#pragma warning disable CA1031 // The state is saved by the last stage, whatever fails before it.
            catch (Exception problem)
            {
                log.Error(problem, "stop continues: stage {Stage} failed: internal error; please report it", stage.Name);
            }
#pragma warning restore CA1031
        }
    }
}
