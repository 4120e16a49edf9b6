namespace MeeseeksBox.Agent.Pools.Processes;

/// <summary>A checked command line with its folder and environment.</summary>
/// <param name="Program">Full path of the file to execute.</param>
/// <param name="Arguments">Arguments after the name of the program.</param>
/// <param name="Folder">Full path of the working directory.</param>
/// <param name="Environment">The complete environment.</param>
internal sealed record Command(
    string Program,
    IReadOnlyList<string> Arguments,
    string Folder,
    IReadOnlyDictionary<string, string> Environment);
