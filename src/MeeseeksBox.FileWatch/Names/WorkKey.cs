namespace MeeseeksBox.FileWatch.Names;

/// <summary>What a job of a watch is for: it is run once for each.</summary>
/// <param name="Index">The place in <c>jobs</c>, from 0.</param>
/// <param name="FileName">The file, without its folder.</param>
public readonly record struct WorkKey(int Index, string FileName);
