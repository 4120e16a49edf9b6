using Serilog;

namespace MeeseeksBox.WatchAgent.Watches;

/// <summary>Logs once which files stay open for writing.</summary>
/// <remarks>Such a file, for example a log, is never complete. Without the line, nobody would know why nothing happens.</remarks>
/// <param name="log">The log of the watch.</param>
internal sealed class OpenFileReporter(ILogger log)
{
    private const int MostNames = 10;

    private readonly HashSet<string> _reported = new(StringComparer.Ordinal);
    private HashSet<string> _before = [];

    /// <summary>Logs the files that were open at the last call, and still are.</summary>
    /// <param name="open">The files of the watch that are open for writing.</param>
    public void Report(HashSet<string> open)
    {
        _reported.IntersectWith(open);
        foreach (var name in open.Where(name => _before.Contains(name) && _reported.Add(name)))
            log.Information("{File} is open for writing; its job is submitted when it is closed", name);
        _before = open;
    }

    /// <summary>Logs the files that are left, because the watch ends.</summary>
    /// <param name="open">The files of the watch that are open for writing.</param>
    public void ReportLeft(HashSet<string> open)
    {
        if (open.Count == 0)
            return;
        var names = string.Join(", ", open.Order(StringComparer.Ordinal).Take(MostNames));
        log.Information("files open for writing are left to the next round: {Count} ({Files})", open.Count, names);
    }
}
