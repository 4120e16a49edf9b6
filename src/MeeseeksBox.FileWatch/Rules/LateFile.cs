namespace MeeseeksBox.FileWatch.Rules;

/// <summary>A file that has come after its fileset has run.</summary>
/// <param name="FileName">The file.</param>
/// <param name="Reason">The run of the set, as a clause for people.</param>
public readonly record struct LateFile(string FileName, string Reason);
