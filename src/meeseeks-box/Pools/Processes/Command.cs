namespace MeeseeksBox.Agent.Pools.Processes;

/// <summary>A process that can be started: all of it is found and checked.</summary>
/// <param name="Program">The full path of the file to execute.</param>
/// <param name="Arguments">What it is given after its own name.</param>
/// <param name="Folder">The full path of the folder that it works in.</param>
/// <param name="Environment">All that its environment holds.</param>
internal sealed record Command(
    string Program,
    IReadOnlyList<string> Arguments,
    string Folder,
    IReadOnlyDictionary<string, string> Environment);
