using System.Text.Json.Nodes;
using MeeseeksBox.CommandLine.Output;

namespace MeeseeksBox.CommandLine.Commands;

/// <summary><c>nodes</c>: what is known of the nodes, as JSON.</summary>
internal static class NodesCommand
{
    public static CommandDefinition Definition { get; } = new("nodes", "Print the nodes and all that is known of them, as JSON.", invocation => PrintAsync(invocation, "nodes"))
    {
        Help = """
            Of each node: whether it is online, its load, its pools with their slots, and the nodes that it can reach. With
            refresh=SECONDS they are printed again and again.

            Example:
              meeseeks-client address=head1 nodes
            """,
    };

    /// <summary>
    /// Prints the answer to a request that has no argument; again and again where the client option <c>refresh</c> is set.
    /// </summary>
    /// <returns>The exit status.</returns>
    public static async Task<int> PrintAsync(Invocation invocation, string request)
    {
        var refresh = invocation.Settings.Refresh;
        var client = refresh is null ? invocation.Client : invocation.PatientClient;
        while (true)
        {
            var response = (await client.RequestAsync(new JsonObject { [request] = new JsonObject() }, stop: invocation.Stop)).EnsureSuccess();
            await JsonText.PrintAsync(invocation.Console, response[request], invocation.Stop);
            if (refresh is null)
            {
                return ClientExitStatus.Good;
            }

            await invocation.Console.FlushAsync(invocation.Stop);
            await Task.Delay(refresh.Value, invocation.Time, invocation.Stop);
        }
    }
}
