using System.Text.Json;
using MeeseeksBox.CommandLine.Output;

namespace MeeseeksBox.CommandLine.Commands;

/// <summary>What several commands say in the same way.</summary>
internal static class JobCommandHelpers
{
    /// <summary>What most commands say of the jobs they take.</summary>
    public const string SelectionHelp = """
        JOBS are ids, or conditions like pool=p1 state=done,failed tag=night* node=n1: all conditions must hold, a comma
        means "or", and a * at the end of a value or an id stands for whatever follows.
        """;

    /// <summary>Prints jobs as JSON, and says which ids are not known.</summary>
    /// <param name="invocation">The call.</param>
    /// <param name="jobs">An object of jobs by their ids.</param>
    /// <param name="asked">The ids that were asked for by name.</param>
    /// <returns>The exit status.</returns>
    public static async Task<int> PrintJobsAsync(this Invocation invocation, JsonElement jobs, IEnumerable<string> asked)
    {
        await JsonText.PrintAsync(invocation.Console, jobs, invocation.Stop);
        return invocation.WriteUnknown(asked.Where(id => !(jobs.TryGetProperty(id, out var job) && job.ValueKind is JsonValueKind.Object)));
    }

    /// <summary>Says which ids are not known.</summary>
    /// <returns>The exit status.</returns>
    public static int WriteUnknown(this Invocation invocation, IEnumerable<string> ids)
    {
        var unknown = ids.Distinct().ToList();
        unknown.ForEach(id => invocation.Console.WriteMessage($"there is no job '{id}'; it may have ended and expired"));
        return unknown.Count is 0 ? ClientExitStatus.Good : ClientExitStatus.Failed;
    }

    /// <summary>The ids among some words.</summary>
    public static IEnumerable<string> Ids(IEnumerable<string> words) => words.Where(word => !word.Contains('='));

    /// <summary>The ids among some words that must be found: where there are conditions too, one may be left out by them.</summary>
    public static IEnumerable<string> Wanted(IReadOnlyCollection<string> words) =>
        words.All(word => !word.Contains('=')) ? words.Where(id => !id.EndsWith('*')) : [];

    /// <summary>Throws when a command that must be told which jobs it means was not.</summary>
    /// <exception cref="UsageException">There are no words.</exception>
    public static void RequireJobs(IReadOnlyCollection<string> words)
    {
        if (words.Count is 0)
        {
            throw new UsageException("which jobs? Give ids, or conditions like pool=p1 state=running");
        }
    }
}
