using System.Text.Json;
using MeeseeksBox.Client;
using MeeseeksBox.CommandLine.Invocations;
using MeeseeksBox.CommandLine.Options;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.CommandLine.Commands;

/// <summary>Help, output and checks that several commands share.</summary>
internal static class JobCommandHelpers
{
    /// <summary>The help for the selection of jobs.</summary>
    public const string SelectionHelp = """
        JOBS are ids, conditions, or both, such as: pool=p1 state=done,failed tag=night*. A job must match all of them. A comma
        means "or"; a * at the end of an id or a value matches any ending. id==ID is exactly that id, whatever characters it has.
        A condition without a value selects nothing.
        """;

    // Options of other commands.
    private static readonly string[] Options = ["quiet", "wait", "file", "follow", "signal", "json"];

    /// <summary>Prints jobs as JSON, and a message for each unknown id.</summary>
    /// <param name="invocation">The call.</param>
    /// <param name="jobs">An object of jobs by id.</param>
    /// <param name="asked">The requested ids.</param>
    /// <returns>The exit status.</returns>
    public static async Task<int> PrintJobsAsync(this Invocation invocation, JsonElement jobs, IEnumerable<string> asked)
    {
        await invocation.PrintAsync(jobs);
        return invocation.WriteUnknown(asked.Where(id => !(jobs.TryGetProperty(id, out var job) && job.ValueKind is JsonValueKind.Object)));
    }

    /// <summary>Prints the jobs of an answer as JSON, and its error.</summary>
    /// <param name="invocation">The call.</param>
    /// <param name="response">The answer.</param>
    /// <param name="key">The request.</param>
    /// <returns>The exit status.</returns>
    public static async Task<int> PrintAnswerAsync(this Invocation invocation, Response response, string key)
    {
        if (response.Find(key) is { ValueKind: JsonValueKind.Object } jobs)
            await invocation.PrintAsync(jobs);

        response.Warnings.ToList().ForEach(invocation.Console.Warn);
        if (response.Error is not { } problem)
            return ClientExitStatus.Good;

        invocation.Console.WriteMessage(problem);
        return ClientExitStatus.Failed;
    }

    /// <summary>Prints a message for each unknown id.</summary>
    /// <returns>The exit status.</returns>
    public static int WriteUnknown(this Invocation invocation, IEnumerable<string> ids)
    {
        var unknown = ids.Distinct().ToList();
        unknown.ForEach(id => invocation.Console.WriteMessage($"there is no job '{id}'; it may have ended and expired"));
        return unknown.Count is 0 ? ClientExitStatus.Good : ClientExitStatus.Failed;
    }

    /// <summary>The words that are ids.</summary>
    public static IEnumerable<string> Ids(IEnumerable<string> words) => words.Select(JobWords.IdOf).OfType<string>();

    /// <summary>The ids that must exist: none if there are conditions too, because those may exclude an id.</summary>
    public static IEnumerable<string> Wanted(IReadOnlyCollection<string> words) =>
        words.All(word => JobWords.IdOf(word) is not null) ? Ids(words.Where(word => !JobWords.IsPattern(word))) : [];

    /// <summary>Reads a selection of jobs, and warns of conditions that no job can meet.</summary>
    /// <exception cref="UsageException">A word is wrong, such as a misspelt attribute, which would select nothing.</exception>
    public static JobSelection Selection(this Invocation invocation, IReadOnlyList<string> words)
    {
        var selection = JobWords.Selection(words);
        var isMistake = FilterOf(selection).Doubtful
            .ToLookup(condition => condition.IsMistake || Options.Contains(condition.Key), condition => condition.Problem);
        isMistake[false].ToList().ForEach(invocation.Console.Warn);
        return isMistake[true].Any() ? throw new UsageException(string.Join('\n', isMistake[true])) : selection;
    }

    /// <summary>The filter of a selection.</summary>
    /// <exception cref="UsageException">A value is wrong.</exception>
    public static JobFilter FilterOf(JobSelection selection) =>
        JobFilter.Read(JsonElement.Parse(selection.ToFilter().ToJsonString()), out var problem) ?? throw new UsageException(problem!);

    /// <summary>Throws if a command that needs a selection of jobs has none.</summary>
    /// <exception cref="UsageException">There are no words.</exception>
    public static void RequireJobs(IReadOnlyCollection<string> words)
    {
        if (words.Count is 0)
            throw new UsageException("no jobs selected; give ids, or conditions like pool=p1 state=running");
    }
}
