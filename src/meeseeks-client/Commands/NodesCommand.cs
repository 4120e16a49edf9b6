using System.Text.Json.Nodes;
using MeeseeksBox.CommandLine.Output;

namespace MeeseeksBox.CommandLine.Commands;

/// <summary><c>nodes</c>: what is known of the nodes, as JSON.</summary>
internal static class NodesCommand
{
    public static CommandDefinition Definition { get; } = new("nodes", "Print the nodes and all that is known of them, as JSON.", invocation => PrintAsync(invocation, "nodes"))
    {
        Help = """
            Of each node: whether it is online, its load, its pools with their slots, and the nodes that it can reach.

            Example:
              meeseeks-client address=head1 nodes
            """,
    };

    /// <summary>Prints the answer to a request that has no argument.</summary>
    /// <returns>The exit status.</returns>
    public static async Task<int> PrintAsync(Invocation invocation, string request)
    {
        var answer = (await invocation.Client.RequestAsync(new JsonObject { [request] = new JsonObject() }, stop: invocation.Stop)).Checked();
        await JsonText.PrintAsync(invocation.Screen, answer[request], invocation.Stop);
        return ExitStatus.Good;
    }
}
