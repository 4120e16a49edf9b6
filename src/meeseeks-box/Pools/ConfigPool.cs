using System.Threading.Channels;
using MeeseeksBox.Agent.Configuration;
using MeeseeksBox.Agent.State;
using MeeseeksBox.Core.Scheduling;
using MeeseeksBox.Core.Settings;

namespace MeeseeksBox.Agent.Pools;

/// <summary>
/// The pool <c>__config</c>: each of its jobs carries a configuration for this node, and comes back with the one in force
/// (docs/SPECIFICATION.md#remote-configuration).
/// </summary>
internal sealed class ConfigPool(CoreHost host, ActiveConfiguration config)
{
    private readonly Channel<bool> _woken = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Says that there may be a configuration to apply.</summary>
    public void Wake() => _woken.Writer.TryWrite(true);

    /// <summary>One turn: wait to be woken, apply one configuration after the other. Ends when <see cref="Complete"/> is called.</summary>
    public async Task RunAsync()
    {
        while (await _woken.Reader.WaitToReadAsync())
        {
            _ = _woken.Reader.TryRead(out _);
            while (host.Execute((core, now) => core.ClaimNext(NodeSettings.ConfigPool, now)) is { } run)
            {
                await ApplyAsync(run);
            }
        }
    }

    /// <summary>Applies nothing more.</summary>
    public void Complete() => _ = _woken.Writer.TryComplete();

    private async Task ApplyAsync(Run run)
    {
        var problems = run.Job.Settings is { } changes ? await config.MergeAsync(changes) : ["args: must be an object of settings"];
        host.Execute((core, now) =>
        {
            if (problems is [])
            {
                core.Report(run, job => job with { Settings = config.Shown() }, now);
            }

            core.Ended(run, problems is [] ? new RunResult(true, null) : new RunResult(false, null, string.Join("; ", problems)), now);
        });
    }
}
