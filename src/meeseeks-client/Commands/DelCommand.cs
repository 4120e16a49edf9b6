using System.Text.Json.Nodes;
using MeeseeksBox.CommandLine.Invocations;
using MeeseeksBox.CommandLine.Options;
using MeeseeksBox.CommandLine.Output;

namespace MeeseeksBox.CommandLine.Commands;

/// <summary><c>del</c>: kills jobs.</summary>
internal static class DelCommand
{
    public static CommandDefinition Definition { get; } = new("del", "Kill jobs.", RunAsync)
    {
        Alias = "kill",
        Words = "JOBS",
        Help = $"""
            The killed jobs are printed as JSON. A killed job stays active until all its processes are gone.

            {JobCommandHelpers.SelectionHelp}

            Examples:
              meeseeks-client del hello
              qdel pool=p1 tag=night
            """,
    };

    private static async Task<int> RunAsync(Invocation invocation)
    {
        if (invocation.Words.Count is 0 && !ConsoleOutput.IsTerminal)
        {
            // Scripts of the original expect an object in every case.
            await invocation.PrintAsync(new JsonObject());
        }

        JobCommandHelpers.RequireJobs(invocation.Words);
        var killed = await invocation.Client.KillRawAsync(JobWords.Selection(invocation.Words), invocation.Stop);
        return await invocation.PrintJobsAsync(killed, JobCommandHelpers.Wanted(invocation.Words));
    }
}
