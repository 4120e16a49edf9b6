using System.Text.Json.Nodes;
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
            {Reporting.SelectionHelp}
            Without any, every job is printed.

            Examples:
              meeseeks-client job hello
              qjob state=failed tag=night
            """,
    };

    private static async Task<int> RunAsync(Invocation invocation)
    {
        var request = new JsonObject { ["get"] = JobWords.Selection(invocation.Words).ToFilter() };
        var answer = (await invocation.Client.RequestAsync(request, stop: invocation.Stop)).Checked();
        return await invocation.PrintJobsAsync(answer, "get", Reporting.Wanted(invocation.Words));
    }
}
