using System.Globalization;
using System.Text.Json;
using MeeseeksBox.Foundation.Json;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Agent.State;

/// <summary>Reads the last lines of a history file.</summary>
internal static class HistoryTail
{
    private const int Chunk = 64 * 1024;

    /// <summary>A key that is unique for each end of a run.</summary>
    public static string KeyOf(Job job) => string.Create(
        CultureInfo.InvariantCulture,
        $"{job.Id} {job.Status.Epoch} {job.Status.StartCount} {job.Status.FailCount} {job.Status.State} {job.Status.EndTs:R}");

    /// <summary>Reads the keys of at least the last <paramref name="count"/> lines, or of all. Damaged lines have none.</summary>
    /// <exception cref="IOException">The file exists and cannot be read; so may the other exceptions of a file problem.</exception>
    public static HashSet<string> Read(string path, int count)
    {
        var keys = new HashSet<string>(StringComparer.Ordinal);
        if (!File.Exists(path))
            return keys;

        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        _ = file.Seek(StartOfLast(file, count + 1), SeekOrigin.Begin);
        foreach (var line in StoredLines.Read(file))
        {
            using var entry = TryParse(line.Text);
            if (entry is not null && JobOf(entry.RootElement) is { } job)
                _ = keys.Add(KeyOf(job));
        }

        return keys;
    }

    /// <summary>The file that the last rotation has made of a history, such as <c>history.1</c>; null when there is none.</summary>
    /// <exception cref="IOException">The folder cannot be read; so may the other exceptions of a file problem.</exception>
    public static string? RotatedFrom(string path)
    {
        var folder = new DirectoryInfo(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var name = Path.GetFileName(path);
        return !folder.Exists ? null : folder.EnumerateFiles()
            .Where(file => file.Name.Length > name.Length
                && file.Name.StartsWith(name, StringComparison.Ordinal)
                && file.Name[name.Length] is '.' or '-')
            .MaxBy(file => file.LastWriteTimeUtc)?.FullName;
    }

    /// <summary>Removes an incomplete last line, which a crash has left. The journal has the end of a run that it was for.</summary>
    /// <returns>True when there was one.</returns>
    /// <exception cref="IOException">The file cannot be changed.</exception>
    public static bool CutTorn(string path)
    {
        if (!File.Exists(path))
            return false;

        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        var length = file.Length;
        var start = StartOfLast(file, 0);
        if (start == length || length - start > StoredLines.Longest)
            return false;

        _ = file.Seek(start, SeekOrigin.Begin);
        var line = new byte[length - start];
        file.ReadExactly(line);

        // A whole line lacks nothing but its end, and any other text is not of a box. Another box may write to the same file.
        using var entry = TryParse(line);
        if (!line.AsSpan().StartsWith("{\""u8) || entry is not null || file.Length != length)
            return false;

        file.SetLength(start);
        return true;
    }

    // Reads backwards from the end, up to the start of the last lines.
    private static long StartOfLast(FileStream file, int count)
    {
        var buffer = new byte[Chunk];
        var newlines = 0;
        for (var end = file.Length; end > 0;)
        {
            var start = Math.Max(0, end - Chunk);
            var piece = buffer.AsSpan(0, (int)(end - start));
            _ = file.Seek(start, SeekOrigin.Begin);
            file.ReadExactly(piece);
            for (var index = piece.Length - 1; index >= 0; index--)
            {
                if (piece[index] is (byte)'\n' && ++newlines > count)
                    return start + index + 1;
            }

            end = start;
        }

        return 0;
    }

    // Null for a line that a crash has cut off, or that is damaged.
    private static JsonDocument? TryParse(ReadOnlyMemory<byte> line)
    {
        try
        {
            return JsonDocument.Parse(line);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static Job? JobOf(JsonElement line) =>
        line.ValueKind is JsonValueKind.Object
        && JsonTextValidation.IsValid(line)
        && line.EnumerateObject().FirstOrDefault() is { Value.ValueKind: JsonValueKind.Object } job
        && JobAttributes.TryRead(job.Value, job.Name, out var read, out _)
            ? read
            : null;
}
