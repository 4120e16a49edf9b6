namespace MeeseeksBox.FileWatch.Names;

/// <summary>Identifies a work item in its watch.</summary>
/// <param name="Index">The position of the step in <c>jobs</c>, from 0.</param>
/// <param name="FileName">The file, without its folder.</param>
public readonly record struct WorkKey(int Index, string FileName);
