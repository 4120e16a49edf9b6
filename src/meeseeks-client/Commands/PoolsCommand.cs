namespace MeeseeksBox.CommandLine.Commands;

/// <summary><c>pools</c>: prints the free slots of each pool by node, as JSON.</summary>
internal static class PoolsCommand
{
    public static CommandDefinition Definition { get; } = new(
        "pools", "Print the free slots of all pools, as JSON.", invocation => NodesCommand.PrintAsync(invocation, "pools"))
    {
        Help = """
            The value for a pool and a node is the number of free slots, or true for a pool without a limit. refresh=S prints it again
            every S seconds.

            Example:
              meeseeks-client pools
            """,
    };
}
