using MeeseeksBox.CommandLine.Invocations;
using MeeseeksBox.CommandLine.Output;
using MeeseeksBox.CommandLine.Top;

namespace MeeseeksBox.CommandLine.Commands;

/// <summary><c>top</c>: shows the cluster on a live screen.</summary>
internal static class TopCommand
{
    public static CommandDefinition Definition { get; } = new("top", "Show nodes, pools and jobs on a live screen.", RunAsync)
    {
        Words = "[WORD]...",
        Help = """
            The words are the initial filter; a job must match all of them. KEY=VALUE with the key id, tag, node, pool or state
            compares that column, such as state=new,running or node=n*. Any other word is searched for in all columns.

            Keys:
              q              quit
              / TEXT         edit the filter: Enter applies it, Esc restores the previous one
              Esc            clear the filter
              k              kill the selected job, after a confirmation
              s              change the order: by state, newest first, by node
              e              show or hide ended jobs
              n              show nodes and jobs, only jobs, or only nodes
              arrows, PgUp, PgDn, Home, End   move the selection

            Examples:
              meeseeks-client top
              meeseeks-client address=head1 top pool=p1 state=new,running
            """,
    };

    private static async Task<int> RunAsync(Invocation invocation)
    {
        if (!Terminal.IsThere)
        {
            throw new UsageException(
                "top needs a terminal: its input or output is redirected, or TERM is missing or dumb; use stat in a pipe");
        }

        // Report an unreachable box before the screen is taken over.
        _ = await invocation.Client.NodesAsync(invocation.Stop);
        var filter = string.Join(' ', invocation.Words);
        using var session = new TopSession(invocation.Client, filter, invocation.Console.HasColor, invocation.Time);
        await session.RunAsync(invocation.Stop);
        return ClientExitStatus.Good;
    }
}
