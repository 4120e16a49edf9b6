using MeeseeksBox.Agent.Configuration;
using MeeseeksBox.Agent.Links;
using MeeseeksBox.Agent.Listening;
using MeeseeksBox.Agent.Pools;
using MeeseeksBox.Agent.State;
using MeeseeksBox.Agent.Supervision;
using MeeseeksBox.Logging;
using Serilog;

namespace MeeseeksBox.Agent.Reconfiguration;

/// <summary>The parts of the box that depend on the configuration: validates one whole, and then applies it whole.</summary>
/// <param name="version">The version of this program, for the status of the node.</param>
/// <param name="instance">Tells this box apart from another one of its name.</param>
/// <param name="logs">The log settings.</param>
/// <param name="host">The settings of the core.</param>
/// <param name="history">The path of the history.</param>
/// <param name="checkpointer">The interval of checkpoints; null without <c>state.file</c>.</param>
/// <param name="listeners">Addresses, limits and certificates.</param>
/// <param name="taskFactories">Processes and plugins.</param>
/// <param name="pools">The pools.</param>
/// <param name="links">The links.</param>
/// <param name="certificates">The own certificates.</param>
/// <param name="log">Receives problems that do not reject a configuration.</param>
internal sealed class ConfiguredParts(
    string version,
    string instance,
    LogSetup logs,
    CoreHost host,
    History history,
    Checkpointer? checkpointer,
    Listeners listeners,
    TaskFactoryResolver taskFactories,
    PoolSet pools,
    LinkSet links,
    CertificateCheck certificates,
    ILogger log)
{
    /// <summary>The ports in use.</summary>
    public PortList Ports => listeners.Ports;

    /// <summary>Applies the first configuration: listens, starts the pools and connects the links.</summary>
    /// <returns>The problems that prevent the start.</returns>
    public async Task<IReadOnlyList<string>> StartAsync(BoxConfig config)
    {
        var (plans, problems) = taskFactories.Of(config);
        if (problems is not [])
            return problems;

        (var listening, problems) = await listeners.PrepareAsync(config.Listen, CancellationToken.None);
        if (listening is not null)
        {
            // After the listener, so that no job is started and lost when another program has the port.
            await listeners.ApplyAsync(listening);
            pools.Apply(plans);
            await links.ApplyAsync(config.Nodes);
            certificates.Apply(config);
        }

        return problems;
    }

    /// <summary>Validates a configuration and applies it.</summary>
    /// <param name="old">The configuration in force.</param>
    /// <param name="config">The new one.</param>
    /// <param name="accepted">Called when nothing can reject the new one any more, before it is applied.</param>
    /// <param name="stop">Cancels the validation.</param>
    /// <returns>The problems, with nothing changed; empty when the configuration is in force.</returns>
    /// <exception cref="AggregateException">Some parts failed; all others have the new configuration.</exception>
    public async Task<IReadOnlyList<string>> ReplaceAsync(BoxConfig old, BoxConfig config, Action accepted, CancellationToken stop)
    {
        var (plans, problems) = taskFactories.Of(config);
        problems = [.. problems, .. FixedSettings.Problems(old, config, Environment.IsPrivilegedProcess)];
        if (config.Logging != old.Logging && LogSetup.ProblemOf(config.Logging) is { } unwritable)
            problems = [.. problems, unwritable];
        if (config.State.History != old.State.History && History.ProblemOf(config.State.History) is { } unusable)
            problems = [.. problems, unusable];

        if (problems is not [])
            return problems;

        // Last, because it binds sockets.
        stop.ThrowIfCancellationRequested();
        (var listening, problems) = await listeners.PrepareAsync(config.Listen, stop);
        if (listening is null)
            return problems;

        accepted();
        await EachPart.ApplyAsync(
            ("log", () => Do(() => ApplyLog(config))),
            ("history", () => Do(() => history.Path = config.State.History)),
            ("checkpoint", () => Do(() => _ = checkpointer?.Interval = config.State.Checkpoint)),
            ("listen", () => listeners.ApplyAsync(listening)),
            ("pools", () => Do(() => pools.Apply(plans))),
            ("nodes", () => links.ApplyAsync(config.Nodes)),
            ("settings of jobs", () => Do(() => host.Execute((core, now) => core.Apply(config.ToNodeSettings(version, instance), now)))),
            ("certificates", () => Do(() => certificates.Apply(config))));
        return [];
    }

    private static Task Do(Action apply)
    {
        apply();
        return Task.CompletedTask;
    }

    private void ApplyLog(BoxConfig config)
    {
        // The file is opened again even without a change. Its settings were valid before.
        if (logs.Apply(config.Logging) is { } problem)
            log.Warning("log settings unchanged: {Problem}", problem);
    }
}
