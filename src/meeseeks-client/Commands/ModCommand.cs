using System.Text.Json;
using System.Text.Json.Nodes;
using MeeseeksBox.Client;
using MeeseeksBox.CommandLine.Invocations;
using MeeseeksBox.CommandLine.Options;
using MeeseeksBox.CommandLine.Submitting;

namespace MeeseeksBox.CommandLine.Commands;

/// <summary><c>mod</c>: changes jobs by submits with their ids.</summary>
internal static class ModCommand
{
    private const string Divider = ":";

    public static CommandDefinition Definition { get; } = new("mod", "Change attributes of jobs.", RunAsync)
    {
        Alias = "set",
        Words = "JOBS [:] KEY=VALUE...",
        Help = $"""
            If JOBS contain conditions, the word ':' must separate them from the changes. Every key of sub can be set.
              state=new      run an ended job again; the cluster chooses a node, unless node= is given
              state=killed   kill a job
              KEY=           clear a key

            {JobCommandHelpers.SelectionHelp}

            Examples:
              meeseeks-client mod hello retries=3
              qmod state=failed tag=night : state=new
            """,
    };

    /// <summary>Sets keys in jobs, and prints the changed jobs.</summary>
    /// <returns>The exit status.</returns>
    public static async Task<int> ChangeAsync(Invocation invocation, IReadOnlyList<string> which, JsonObject changes)
    {
        // Only existing jobs: a submit with an unknown id would create a job.
        var found = await invocation.Client.ListAsync(invocation.Selection(which), invocation.Stop);
        var answers = await Task.WhenAll(found.Select(id => SetAsync(invocation, id, changes)));
        var jobs = new JsonObject();
        var status = ClientExitStatus.Good;
        foreach (var (id, response) in found.Zip(answers))
        {
            response.Warnings.ToList().ForEach(warning => invocation.Console.Warn($"{id}: {warning}"));
            if (response.Error is { } error)
                invocation.Console.WriteMessage($"{id}: {error}");

            status = Math.Max(status, SubmitWarnings.StatusOf(response.Error, response.Warnings));

            if (response.Find("submit") is { ValueKind: JsonValueKind.Object } changed
                && changed.TryGetProperty(id, out var job))
            {
                jobs[id] = JsonNode.Parse(job.GetRawText());
            }
        }

        // As the original: an object for ids, known or not, and no output if no job matches the conditions.
        if (found.Count > 0 || JobCommandHelpers.Ids(which).Any())
            await invocation.PrintAsync(jobs);

        return Math.Max(status, invocation.WriteUnknown(JobCommandHelpers.Wanted(which).Except(found)));
    }

    private static Task<int> RunAsync(Invocation invocation)
    {
        var divider = invocation.Words.IndexOf(Divider);
        var which = divider >= 0 ? invocation.Words.Take(divider).ToList() : invocation.Words.Where(IsId).ToList();
        var sets = divider >= 0 ? invocation.Words.Skip(divider + 1).ToList() : invocation.Words.Where(word => !IsId(word)).ToList();
        if (which.Count is 0)
            throw new UsageException("no jobs selected; give ids, or conditions and ':' before the changes, like pool=p1 : hold=1");

        if (sets.Find(IsId) is { } odd)
            throw new UsageException($"'{odd}' is not key=value; ids go before the ':'");

        return sets.Count > 0
            ? ChangeAsync(invocation, which, JobWords.Spec(sets))
            : throw new UsageException("no changes given; add key=value words, like hold=1");
    }

    private static bool IsId(string word) => JobWords.IdOf(word) is not null;

    private static Task<Response> SetAsync(Invocation invocation, string id, JsonObject changes)
    {
        var spec = (JsonObject)changes.DeepClone();
        spec["id"] = id;
        return invocation.Client.SubmitRawAsync(spec, invocation.Stop);
    }
}
