using System.Diagnostics;

namespace MeeseeksBox.EndToEnd.Boxes;

/// <summary>The log of a box: standard error, and its log file if it has one.</summary>
public sealed class BoxLog
{
    // Each box of a test run by root has it.
    private const string AsRoot = "user: the box runs as root, and so do its jobs";

    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];
    private readonly string? _file;

    public BoxLog(Process process, string? file)
    {
        _file = file;
        Closed = Task.WhenAll(CollectAsync(process.StandardError), CollectAsync(process.StandardOutput));
    }

    /// <summary>Completes when the box has closed its streams.</summary>
    public Task Closed { get; }

    /// <summary>All lines so far, but for the warning of a box that is root.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lock)
            {
                var ofFile = _file is not null && File.Exists(_file) ? File.ReadAllLines(_file) : [];
                return [.. _lines.Concat(ofFile).Where(line => !line.Contains(AsRoot, StringComparison.Ordinal))];
            }
        }
    }

    /// <summary>True when a line contains a text.</summary>
    public bool Has(string text) => Lines.Any(line => line.Contains(text, StringComparison.Ordinal));

    /// <summary>Number of lines that contain a text.</summary>
    public int Count(string text) => Lines.Count(line => line.Contains(text, StringComparison.Ordinal));

    /// <inheritdoc/>
    public override string ToString() => string.Join('\n', Lines);

    private async Task CollectAsync(StreamReader stream)
    {
        while (await stream.ReadLineAsync() is { } line)
        {
            lock (_lock)
                _lines.Add(line);
        }
    }
}
