namespace MeeseeksBox.Runner.Children;

/// <summary>The end of a process.</summary>
/// <param name="Status">Its exit status; -N when signal N ended it.</param>
/// <param name="Usage">The resources that it has used.</param>
internal readonly record struct ProcessExit(int Status, ProcessUsage Usage);
