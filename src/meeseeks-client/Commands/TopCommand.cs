using MeeseeksBox.CommandLine.Output;
using MeeseeksBox.CommandLine.Top;

namespace MeeseeksBox.CommandLine.Commands;

/// <summary><c>top</c>: the cluster, live.</summary>
internal static class TopCommand
{
    public static CommandDefinition Definition { get; } = new("top", "Watch nodes, pools and jobs on a live screen.", RunAsync)
    {
        Words = "[WORD]...",
        Help = """
            The screen follows the cluster as it changes. The words are a filter to begin with, all of which must fit a job: pool=p1
            node=n* state=new,running tag=night id=a* compare that column; any other word is looked for in all of them.

            Keys:
              q              quit
              / TEXT         filter; Enter keeps it, Esc takes it back; Esc alone clears it
              k              kill the selected job, after a question
              arrows, PgUp, PgDn, Home, End   move
              s              sort: by state, newest first, by node
              e              show jobs that have ended, or not
              n              nodes and jobs, only jobs, only nodes

            Examples:
              meeseeks-client top
              meeseeks-client address=head1 top pool=p1 state=new,running
            """,
    };

    private static async Task<int> RunAsync(Invocation invocation)
    {
        if (!Terminal.IsThere)
        {
            throw new UsageException("top draws on a terminal, and this is none (or TERM does not name it); for a pipe use stat");
        }

        // A box that is not there at all is told of before the screen is taken.
        _ = await invocation.Client.NodesAsync(invocation.Stop);
        await new TopSession(invocation.Client, string.Join(' ', invocation.Words), invocation.Console.HasColor, invocation.Time).RunAsync(invocation.Stop);
        return ClientExitStatus.Good;
    }
}
