using System.Text.Json;
using MeeseeksBox.Agent.Configuration;
using MeeseeksBox.Agent.Supervision;
using MeeseeksBox.Configuration;
using Serilog;

namespace MeeseeksBox.Agent.Reconfiguration;

/// <summary>Applies the changes of the configuration, one at a time, until the box stops (docs/SPECIFICATION.md#reload).</summary>
/// <param name="changes">The changes that wait.</param>
/// <param name="active">The configuration in force.</param>
/// <param name="parts">The parts of the box that depend on it.</param>
/// <param name="arguments">Files and words of the command line, which a reload reads again.</param>
/// <param name="systemd">Receives the begin and the end of each reload.</param>
/// <param name="log">Receives warnings, and the outcome of reloads.</param>
internal sealed class Reconfigurator(
    ConfigurationChanges changes,
    ActiveConfiguration active,
    ConfiguredParts parts,
    string[] arguments,
    SystemdNotifier systemd,
    ILogger log) : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private volatile ConfigurationChange? _current;

    /// <summary>Applies the configuration that the box starts with.</summary>
    /// <returns>The problems that prevent the start.</returns>
    public Task<IReadOnlyList<string>> StartAsync() => parts.StartAsync(active.Config);

    /// <summary>Applies one change in each turn.</summary>
    public async Task RunAsync()
    {
        await foreach (var change in changes.TakeAllAsync())
        {
            _current = change;
            change.Complete(change.Settings is null ? await ReloadAsync() : await ApplyAsync(change));
        }
    }

    /// <summary>Ends <see cref="RunAsync"/> after the change that is being applied; those that wait are rejected.</summary>
    /// <param name="limit">Rejects that change, too, as long as it is validated only.</param>
    public void Complete(CancellationToken limit)
    {
        changes.Close();
        _ = limit.Register(Abandon);
    }

    /// <inheritdoc/>
    public void Dispose() => _stop.Dispose();

    // The connection or job that sent the change must end, even if the validation hangs on a file.
    private void Abandon()
    {
        _stop.Cancel();
        _current?.Complete(ConfigurationOutcome.Stopping);
    }

    private async Task<ConfigurationOutcome> ReloadAsync()
    {
        systemd.Reloading();
        var outcome = await ApplyAsync(new ConfigurationChange(settings: null));
        if (outcome == ConfigurationOutcome.Stopping)
            return outcome;

        foreach (var problem in outcome.Problems)
            log.Error("new configuration rejected: {Problem}", problem);

        var rejected = outcome.IsInForce ? "" : $", with the previous configuration; the new one was rejected: {outcome.Problems[^1]}";
        systemd.Ready($"listening on {parts.Ports}{rejected}");
        return outcome;
    }

    // Of the warnings that were there before, the sender gets those about its own settings.
    private static IReadOnlyList<string> WarningsOf(
        JsonElement sent, ConfigurationResult<BoxConfig> merged, ConfigurationResult<BoxConfig> old)
    {
        var known = merged.Warnings.Intersect(old.Warnings).ToList();
        if (known is [])
            return merged.Warnings;

        var own = BoxConfigurationReader.Merge(new ConfigObject(new SourceLocation(SourceLocation.Request)), sent).Warnings;
        return [.. merged.Warnings.Except(known.Except(own))];
    }

    private async Task<ConfigurationOutcome> ApplyAsync(ConfigurationChange change)
    {
        try
        {
            var old = active.Current;
            var read = change.Settings is { } settings
                ? BoxConfigurationReader.Merge(old.Tree, settings)
                : BoxConfigurationReader.Read(arguments);
            var problems = read.Config is { } config
                ? await parts.ReplaceAsync(active.Config, config, () => active.Current = read, _stop.Token)
                : read.Problems;
            if (problems is not [])
                return new ConfigurationOutcome(problems);

            foreach (var warning in read.Warnings.Except(old.Warnings))
                log.Warning("configuration: {Warning}", warning);

            log.Information("new configuration in force");
            return change.Settings is { } sent
                ? ConfigurationOutcome.InForce with { Warnings = WarningsOf(sent, read, old) }
                : ConfigurationOutcome.InForce;
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return ConfigurationOutcome.Stopping;
        }
#pragma warning disable CA1031 // A failed change must not end the box.
        catch (Exception problem)
        {
            log.Error(problem, "reload failed: internal error; please report it");
            return new ConfigurationOutcome([$"internal error of meeseeks-box: {problem.Message}"]);
        }
#pragma warning restore CA1031
    }
}
