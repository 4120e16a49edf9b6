using MeeseeksBox.EndToEnd.Boxes;

namespace MeeseeksBox.EndToEnd.Watch;

/// <summary>The lines of the log of a watcher that are about one of its watches.</summary>
/// <param name="log">The log of the watcher.</param>
/// <param name="name">The name of the watch.</param>
public sealed class WatchLog(BoxLog log, string name)
{
    /// <summary>All lines so far.</summary>
    public IReadOnlyList<string> Lines => [.. log.Lines.Where(line => line.Contains($".{name}:", StringComparison.Ordinal))];

    /// <summary>True when a line contains a text.</summary>
    public bool Has(string text) => Count(text) > 0;

    /// <summary>Number of lines that contain a text.</summary>
    public int Count(string text) => Lines.Count(line => line.Contains(text, StringComparison.Ordinal));

    /// <inheritdoc/>
    public override string ToString() => string.Join('\n', Lines);
}
