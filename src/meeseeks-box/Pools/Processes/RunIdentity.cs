using System.Globalization;
using MeeseeksBox.Core.Runs;

namespace MeeseeksBox.Agent.Pools.Processes;

/// <summary>The text by which a later instance of the box recognizes a run that its runner still has.</summary>
internal static class RunIdentity
{
    private const int Parts = 4;

    /// <summary>The text of a run.</summary>
    public static string TextOf(FormerRun run) => string.Create(
        CultureInfo.InvariantCulture, $"{run.Epoch} {run.StartCount} {run.SubmitTs:R} {run.Job}");

    /// <summary>Reads a text; null when it is none of this version.</summary>
    public static FormerRun? Read(string text) =>
        text.Split(' ', Parts) is [var epoch, var count, var submitted, var job]
            && int.TryParse(epoch, CultureInfo.InvariantCulture, out var epochNumber)
            && int.TryParse(count, CultureInfo.InvariantCulture, out var startCount)
            && double.TryParse(submitted, CultureInfo.InvariantCulture, out var submitTs)
                ? new FormerRun(job, epochNumber, submitTs, startCount)
                : null;
}
