using System.Text.Json.Nodes;
using MeeseeksBox.CommandLine.Options;

namespace MeeseeksBox.CommandLine.Commands;

/// <summary><c>del</c>: kills jobs.</summary>
internal static class DelCommand
{
    public static CommandDefinition Definition { get; } = new("del", "Kill jobs.", RunAsync)
    {
        Alias = "kill",
        Words = "JOBS",
        Help = $"""
            {Reporting.SelectionHelp}
            The killed jobs are printed as JSON. A job is active until all its processes are gone.

            Examples:
              meeseeks-client del hello
              qdel pool=p1 tag=night
            """,
    };

    private static async Task<int> RunAsync(Invocation invocation)
    {
        Reporting.RequireJobs(invocation.Words);

        // A list of ids is answered with false for those that are not known, a filter is not: the same words mean the same to both.
        var ids = Reporting.Ids(invocation.Words).ToList();
        var isList = ids.Count == invocation.Words.Count && !ids.Exists(id => id.EndsWith('*'));
        JsonNode jobs = isList ? new JsonArray([.. ids.Select(id => (JsonNode?)id)]) : JobWords.Selection(invocation.Words).ToFilter();
        var answer = (await invocation.Client.RequestAsync(new JsonObject { ["kill"] = jobs }, stop: invocation.Stop)).Checked();
        return await invocation.PrintJobsAsync(answer, "kill", Reporting.Wanted(invocation.Words));
    }
}
