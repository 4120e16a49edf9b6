namespace MeeseeksBox.CommandLine.Commands;

/// <summary>All commands, in the order of the help.</summary>
internal static class CommandTable
{
    /// <summary>The commands.</summary>
    public static IReadOnlyList<CommandDefinition> All { get; } =
    [
        SubCommand.Definition,
        JobCommand.Definition,
        LsCommand.Definition,
        DelCommand.Definition,
        ModCommand.Definition,
        HoldCommand.Hold,
        HoldCommand.Release,
        SuspendCommand.Suspend,
        SuspendCommand.Resume,
        WaitCommand.Definition,
        OutCommand.Out,
        OutCommand.Err,
        StatCommand.Definition,
        TopCommand.Definition,
        NodesCommand.Definition,
        PoolsCommand.Definition,
        ConfCommand.Definition,
        HistCommand.Definition,
    ];

    /// <summary>The names of all commands.</summary>
    public static IEnumerable<string> Names => All.SelectMany(command => new[] { command.Name, command.Alias }).OfType<string>();

    /// <summary>Finds a command by one of its names; null if there is none.</summary>
    public static CommandDefinition? Find(string? name) =>
        name is null ? null : All.FirstOrDefault(command => command.Name == name || command.Alias == name);
}
