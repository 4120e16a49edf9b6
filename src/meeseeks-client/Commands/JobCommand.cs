using MeeseeksBox.CommandLine.Options;

namespace MeeseeksBox.CommandLine.Commands;

/// <summary><c>job</c>: all there is to know of jobs, as JSON.</summary>
internal static class JobCommand
{
    public static CommandDefinition Definition { get; } = new("job", "Print all there is to know of jobs, as JSON.", RunAsync)
    {
        Alias = "get",
        Words = "JOBS",
        Help = $"""
            {JobCommandHelpers.SelectionHelp}
            Without any, every job is printed. With refresh=SECONDS jobs are printed again at each change, until all have ended.

            Examples:
              meeseeks-client job hello
              qjob state=failed tag=night
            """,
    };

    private static async Task<int> RunAsync(Invocation invocation)
    {
        var selection = JobWords.Selection(invocation.Words);
        var wanted = JobCommandHelpers.Wanted(invocation.Words);
        return invocation.Settings.Refresh is { } refresh
            ? invocation.WriteUnknown(wanted.Except(await RefreshedJobs.PrintAsync(invocation, selection, refresh, printed: [])))
            : await invocation.PrintJobsAsync(await invocation.Client.GetRawAsync(selection, invocation.Stop), wanted);
    }
}
