using MeeseeksBox.CommandLine.Invocations;
using MeeseeksBox.CommandLine.Options;
using MeeseeksBox.CommandLine.Output;
using MeeseeksBox.Foundation.Text;

namespace MeeseeksBox.CommandLine.Commands;

/// <summary><c>ls</c>: prints ids of jobs, one a line on a terminal and as a JSON list for scripts.</summary>
internal static class LsCommand
{
    public static CommandDefinition Definition { get; } = new("ls", "Print the ids of jobs.", RunAsync)
    {
        Words = "[JOBS] [quiet=1]",
        Help = $"""
            Without JOBS, all ids are printed. On a terminal, each id is on its own line; in a pipe or a file, the ids are a JSON list.
            quiet=1 always prints one id a line.

            {JobCommandHelpers.SelectionHelp}

            Examples:
              meeseeks-client ls
              meeseeks-client ls quiet=1 pool=p1 state=new,running | xargs -r qdel
            """,
    };

    private static async Task<int> RunAsync(Invocation invocation)
    {
        var isQuiet = JobWords.ExtractSwitch(invocation.Words, "quiet");
        var ids = await invocation.Client.ListAsync(invocation.Selection(invocation.Words), invocation.Stop);
        if (isQuiet || ConsoleOutput.IsTerminal)
        {
            foreach (var id in ids)
                await invocation.Console.Out.WriteLineAsync(ConsoleOutput.IsTerminal ? SingleLine.Of(id) : id);
        }
        else
        {
            await invocation.PrintAsync(JobWords.Texts(ids));
        }

        return invocation.WriteUnknown(JobCommandHelpers.Wanted(invocation.Words).Except(ids));
    }
}
