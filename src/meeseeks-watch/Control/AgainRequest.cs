namespace MeeseeksBox.WatchAgent.Control;

/// <summary>A request to run files again.</summary>
/// <param name="Watch">The watch.</param>
/// <param name="Files">Names, patterns or paths.</param>
/// <param name="Index">The first step to run again, from 0.</param>
internal sealed record AgainRequest(string? Watch, IReadOnlyList<string>? Files, int Index = 0);
