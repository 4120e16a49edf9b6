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
        Words = "JOBS [signal=SIGNAL]",
        Help = $"""
            The killed jobs are printed as JSON. A killed job stays active until all its processes are gone.

            With signal=USR1 (or SIGUSR1, or 10), jobs are not killed: the signal is sent to their process, and nothing else changes.
            Jobs that were not sent it are printed as false, with the reason.

            {JobCommandHelpers.SelectionHelp}

            Examples:
              meeseeks-client del hello
              qdel pool=p1 tag=night
              qdel signal=HUP hello
            """,
    };

    private static async Task<int> RunAsync(Invocation invocation)
    {
        var signal = JobWords.Extract(invocation.Words, "signal");
        if (signal?.Length is 0)
            throw new UsageException("signal= has no value; give the name or the number of a signal");

        if (invocation.Words.Count is 0 && !ConsoleOutput.IsTerminal)
        {
            // Scripts of the original expect an object in every case.
            await invocation.PrintAsync(new JsonObject());
        }

        JobCommandHelpers.RequireJobs(invocation.Words);
        var selection = invocation.Selection(invocation.Words);
        if (signal is not null)
            return await invocation.PrintAnswerAsync(await invocation.Client.SignalRawAsync(selection, signal, invocation.Stop), "kill");

        var killed = await invocation.Client.KillRawAsync(selection, invocation.Stop);
        return await invocation.PrintJobsAsync(killed, JobCommandHelpers.Wanted(invocation.Words));
    }
}
