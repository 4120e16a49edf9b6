using System.Text.Json;
using System.Text.Json.Nodes;
using MeeseeksBox.CommandLine.Options;
using MeeseeksBox.CommandLine.Output;

namespace MeeseeksBox.CommandLine.Commands;

/// <summary><c>ls</c>: the ids of jobs: one a line on a terminal, a JSON list for scripts.</summary>
internal static class LsCommand
{
    public static CommandDefinition Definition { get; } = new("ls", "Print the ids of jobs.", RunAsync)
    {
        Words = "[quiet=1] JOBS",
        Help = $"""
            {JobCommandHelpers.SelectionHelp}
            Without any, the ids of all jobs are printed: one a line on a terminal, as a JSON list into a pipe or a file. quiet=1
            prints them one a line everywhere.

            Examples:
              meeseeks-client ls
              meeseeks-client ls quiet=1 pool=p1 state=new,running | xargs -r qdel
            """,
    };

    private static async Task<int> RunAsync(Invocation invocation)
    {
        var isQuiet = JobWords.ExtractSwitch(invocation.Words, "quiet");
        var ids = await invocation.Client.ListAsync(JobWords.Selection(invocation.Words), invocation.Stop);
        if (isQuiet || ConsoleOutput.IsTerminal)
        {
            foreach (var id in ids)
            {
                await invocation.Console.Out.WriteLineAsync(id);
            }
        }
        else
        {
            var list = new JsonArray([.. ids.Select(id => (JsonNode?)id)]);
            await JsonText.PrintAsync(invocation.Console, JsonElement.Parse(list.ToJsonString()), invocation.Stop);
        }

        return invocation.WriteUnknown(JobCommandHelpers.Wanted(invocation.Words).Except(ids));
    }
}
