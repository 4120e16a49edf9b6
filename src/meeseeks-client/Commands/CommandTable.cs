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
}
