namespace MeeseeksBox.WatchAgent.Watches;

/// <summary>What a request to run files again has done.</summary>
/// <param name="Files">The files that run again.</param>
/// <param name="Problems">Why others do not, each with its name.</param>
internal sealed record AgainResult(IReadOnlyList<string> Files, IReadOnlyList<string> Problems);
