namespace MeeseeksBox.FileWatch.Templates;

/// <summary>An entry of <c>jobs</c> (docs/SPECIFICATION.md#jobspec-lists).</summary>
/// <remarks>It is one jobspec for all lists, or a list with a jobspec for each list.</remarks>
/// <param name="Templates">At least one jobspec; null for an empty one.</param>
/// <param name="IsList">Whether the entry is a list.</param>
public sealed record JobStep(IReadOnlyList<JobTemplate?> Templates, bool IsList)
{
    /// <summary>A step without a job.</summary>
    public static JobStep Nothing { get; } = new([null], IsList: false);

    /// <summary>The jobspec for the files of a list; null when the list has no job.</summary>
    /// <remarks>The last jobspec applies to all further lists.</remarks>
    public JobTemplate? For(int list) => Templates[Math.Min(list, Templates.Count - 1)];
}
