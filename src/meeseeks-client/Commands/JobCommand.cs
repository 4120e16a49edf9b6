using MeeseeksBox.CommandLine.Invocations;

namespace MeeseeksBox.CommandLine.Commands;

/// <summary><c>job</c>: prints jobs with all attributes, as JSON.</summary>
internal static class JobCommand
{
    public static CommandDefinition Definition { get; } = new("job", "Print jobs with all their attributes, as JSON.", RunAsync)
    {
        Alias = "get",
        Words = "[JOBS]",
        Help = $"""
            Without JOBS, all jobs are printed. refresh=S prints jobs again after each change, until all have ended.

            {JobCommandHelpers.SelectionHelp}

            Examples:
              meeseeks-client job hello
              qjob state=failed tag=night
            """,
    };

    private static async Task<int> RunAsync(Invocation invocation)
    {
        var selection = invocation.Selection(invocation.Words);
        var wanted = JobCommandHelpers.Wanted(invocation.Words);
        return invocation.Settings.Refresh is { } refresh
            ? invocation.WriteUnknown(wanted.Except(await RefreshedJobs.PrintAsync(invocation, selection, refresh, printed: [])))
            : await invocation.PrintJobsAsync(await invocation.Client.GetRawAsync(selection, invocation.Stop), wanted);
    }
}
