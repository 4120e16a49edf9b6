namespace MeeseeksBox.FileWatch.Jobs;

/// <summary>
/// An entry of <c>jobs</c>: a jobspec for all lists, or a list with a jobspec for each (docs/SPECIFICATION.md#jobspec-lists).
/// </summary>
/// <param name="Templates">The jobspecs; null for one that is empty. At least one.</param>
/// <param name="IsList">Whether a list was written.</param>
public sealed record JobStep(IReadOnlyList<JobTemplate?> Templates, bool IsList)
{
    /// <summary>The step in which nothing is done.</summary>
    public static JobStep Nothing { get; } = new([null], IsList: false);

    /// <summary>The jobspec for the files of a list, of which the last one counts for all further lists; null: nothing is to be done for them.</summary>
    public JobTemplate? For(int list) => Templates[Math.Min(list, Templates.Count - 1)];
}
