namespace MeeseeksBox.CommandLine.Commands;

/// <summary><c>pools</c>: the free slots of each pool by node, as JSON.</summary>
internal static class PoolsCommand
{
    public static CommandDefinition Definition { get; } = new("pools", "Print the pools and their free slots, as JSON.", invocation => NodesCommand.PrintAsync(invocation, "pools"))
    {
        Help = """
            By pool and node: the number of free slots, or true where there is no limit. With refresh=SECONDS they are printed again
            and again.

            Example:
              meeseeks-client pools
            """,
    };
}
