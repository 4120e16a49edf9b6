using MeeseeksBox.CommandLine.Options;

namespace MeeseeksBox.CommandLine.Commands;

/// <summary><c>ls</c>: the ids of jobs, one a line.</summary>
internal static class LsCommand
{
    public static CommandDefinition Definition { get; } = new("ls", "Print the ids of jobs, one a line.", RunAsync)
    {
        Words = "JOBS",
        Help = $"""
            {Reporting.SelectionHelp}
            Without any, the ids of all jobs are printed.

            Examples:
              meeseeks-client ls
              meeseeks-client ls pool=p1 state=new,running
            """,
    };

    private static async Task<int> RunAsync(Invocation invocation)
    {
        var ids = await invocation.Client.ListAsync(JobWords.Selection(invocation.Words), invocation.Stop);
        foreach (var id in ids)
        {
            await invocation.Screen.Out.WriteLineAsync(id);
        }

        return invocation.SayUnknown(Reporting.Wanted(invocation.Words).Except(ids));
    }
}
