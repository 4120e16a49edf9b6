using System.Text.Json;
using System.Text.Json.Nodes;
using MeeseeksBox.Client;
using MeeseeksBox.CommandLine.Options;
using MeeseeksBox.CommandLine.Output;

namespace MeeseeksBox.CommandLine.Commands;

/// <summary><c>mod</c>: changes jobs in good order, by submitting their ids with what is to change.</summary>
internal static class ModCommand
{
    private const string Divider = ":";

    public static CommandDefinition Definition { get; } = new("mod", "Change jobs: set key=value in each.", RunAsync)
    {
        Alias = "set",
        Words = "JOBS [:] KEY=VALUE",
        Help = $"""
            {JobCommandHelpers.SelectionHelp}
            After conditions a word ':' stands before what is to be set. All that sub takes can be set; state=new runs a job that
            has ended again (and lets the cluster choose a node, unless node= is given), state=killed ends one, KEY= takes a key back.

            Examples:
              meeseeks-client mod hello retries=3
              qmod state=failed tag=night : state=new
            """,
    };

    /// <summary>Sets keys in jobs, and prints them.</summary>
    /// <returns>The exit status.</returns>
    public static async Task<int> ChangeAsync(Invocation invocation, IReadOnlyList<string> which, JsonObject changes)
    {
        // Only jobs that are there: a submit with an id that nobody knows would make one.
        var found = await invocation.Client.ListAsync(JobWords.Selection(which), invocation.Stop);
        var answers = await Task.WhenAll(found.Select(id => SetAsync(invocation, id, changes)));
        var jobs = new JsonObject();
        var status = ClientExitStatus.Good;
        foreach (var (id, response) in found.Zip(answers))
        {
            response.Warnings.ToList().ForEach(warning => invocation.Console.Warn($"{id}: {warning}"));
            if (response.Error is { } error)
            {
                invocation.Console.WriteMessage($"{id}: {error}");
                status = ClientExitStatus.Failed;
            }

            if (response.Find("submit") is { ValueKind: JsonValueKind.Object } changed && changed.TryGetProperty(id, out var job))
            {
                jobs[id] = JsonNode.Parse(job.GetRawText());
            }
        }

        // As the original: an object for ids, known or not, and nothing where no job meets the conditions.
        if (found.Count > 0 || JobCommandHelpers.Ids(which).Any())
        {
            await JsonText.PrintAsync(invocation.Console, JsonElement.Parse(jobs.ToJsonString()), invocation.Stop);
        }

        return Math.Max(status, invocation.WriteUnknown(JobCommandHelpers.Wanted(which).Except(found)));
    }

    private static Task<int> RunAsync(Invocation invocation)
    {
        var divider = invocation.Words.IndexOf(Divider);
        var which = divider >= 0 ? invocation.Words.Take(divider).ToList() : JobCommandHelpers.Ids(invocation.Words).ToList();
        var sets = divider >= 0 ? invocation.Words.Skip(divider + 1).ToList() : invocation.Words.Where(word => word.Contains('=')).ToList();
        if (which.Count is 0)
        {
            throw new UsageException("which jobs? Give ids, or conditions and then a word ':' before what is to be set, like pool=p1 : hold=1");
        }

        if (sets.Find(word => !word.Contains('=')) is { } odd)
        {
            throw new UsageException($"'{odd}' stands where key=value is wanted; ids stand before the ':'");
        }

        return sets.Count > 0
            ? ChangeAsync(invocation, which, JobWords.Spec(sets))
            : throw new UsageException("what is to be set? Give key=value words, like hold=1");
    }

    private static Task<Response> SetAsync(Invocation invocation, string id, JsonObject changes)
    {
        var spec = (JsonObject)changes.DeepClone();
        spec["id"] = id;
        return invocation.Client.SubmitRawAsync(spec, invocation.Stop);
    }
}
