using MeeseeksBox.Agent.Configuration;
using MeeseeksBox.Agent.State;
using MeeseeksBox.Core.Runs;
using MeeseeksBox.Core.Settings;
using MeeseeksBox.Foundation.Tasks;

namespace MeeseeksBox.Agent.Pools;

/// <summary>The pool <c>__config</c>, whose jobs configure this node (docs/SPECIFICATION.md#remote-configuration).</summary>
/// <remarks>The <c>args</c> of such a job are settings; after its end they are the configuration in force.</remarks>
internal sealed class ConfigPool(CoreHost host, ConfigurationChanges changes, ActiveConfiguration active)
{
    private readonly AsyncSignal _woken = new();

    /// <summary>Signals that there may be a configuration to apply.</summary>
    public void Wake() => _woken.Set();

    /// <summary>Applies configurations one after the other whenever it is woken, until <see cref="Complete"/>.</summary>
    public async Task RunAsync()
    {
        while (await _woken.WaitAsync())
        {
            while (host.Execute((core, now) => core.ClaimNext(NodeSettings.ConfigPool, now)) is { } run)
                await ApplyAsync(run);
        }
    }

    /// <summary>Ends <see cref="RunAsync"/>.</summary>
    public void Complete() => _woken.Complete();

    private async Task ApplyAsync(Run run)
    {
        IReadOnlyList<string> problems = run.Job.Spec.Settings is { } settings
            ? (await changes.MergeAsync(settings)).Problems
            : ["args: must be an object of settings"];
        host.Execute((core, now) =>
        {
            if (problems is [])
                core.Report(run, job => job with { Spec = job.Spec with { Settings = active.Shown() } }, now);

            core.Ended(run, problems is [] ? new RunResult(true, null) : new RunResult(false, null, string.Join("; ", problems)), now);
        });
    }
}
