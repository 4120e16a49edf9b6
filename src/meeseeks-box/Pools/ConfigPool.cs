using System.Text.Json;
using MeeseeksBox.Agent.Configuration;
using MeeseeksBox.Agent.State;
using MeeseeksBox.Core.Runs;
using MeeseeksBox.Core.Settings;
using MeeseeksBox.Foundation.Tasks;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Agent.Pools;

/// <summary>The pool <c>__config</c>, whose jobs configure this node (docs/SPECIFICATION.md#remote-configuration).</summary>
/// <remarks>
/// The <c>args</c> of such a job are settings; after its end they are the configuration in force. Its attribute <c>warnings</c> has what is
/// odd about the settings.
/// </remarks>
internal sealed class ConfigPool(CoreHost host, ConfigurationChanges changes, ActiveConfiguration active)
{
    private const string WarningsKey = "warnings";

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
        var outcome = run.Job.Spec.Settings is { } settings
            ? await changes.MergeAsync(settings)
            : new ConfigurationOutcome(["args: must be an object of settings"]);
        var problems = outcome.Problems;
        host.Execute((core, now) =>
        {
            if (problems is [])
                core.Report(run, job => WithWarnings(job with { Spec = job.Spec with { Settings = active.Shown() } }, outcome), now);

            core.Ended(run, problems is [] ? new RunResult(true, null) : new RunResult(false, null, string.Join("; ", problems)), now);
        });
    }

    // Those of an earlier run are replaced.
    private static Job WithWarnings(Job job, ConfigurationOutcome outcome) =>
        outcome.Warnings is [] && job.Extra?.ContainsKey(WarningsKey) is not true
            ? job
            : JobAttributes.SetExtra(job, WarningsKey, JsonSerializer.SerializeToElement(outcome.Warnings));
}
