using System.Text.Json.Nodes;
using MeeseeksBox.CommandLine.Invocations;
using MeeseeksBox.Foundation.Time;

namespace MeeseeksBox.CommandLine.Commands;

/// <summary><c>nodes</c>: prints the status of all nodes, as JSON.</summary>
internal static class NodesCommand
{
    public static CommandDefinition Definition { get; } = new(
        "nodes", "Print the status of all nodes, as JSON.", invocation => PrintAsync(invocation, "nodes"))
    {
        Help = """
            The status of a node has its online state, its load average, its pools with their slots, and the nodes that it can reach.
            refresh=S prints it again every S seconds.

            Example:
              meeseeks-client address=head1 nodes
            """,
    };

    /// <summary>
    /// Prints the answer to a request without an argument, repeatedly if the client option <c>refresh</c> is set.
    /// </summary>
    /// <returns>The exit status.</returns>
    public static async Task<int> PrintAsync(Invocation invocation, string request)
    {
        var refresh = invocation.Settings.Refresh;
        while (true)
        {
            var line = new JsonObject { [request] = new JsonObject() };
            var response = (await invocation.RefreshClient.RequestAsync(line, stop: invocation.Stop)).EnsureSuccess();
            await invocation.PrintAsync(response[request]);
            if (refresh is null)
                return ClientExitStatus.Good;

            await invocation.Console.FlushAsync(invocation.Stop);
            await Task.Delay(refresh.Value.ForTimer(), invocation.Time, invocation.Stop);
        }
    }
}
