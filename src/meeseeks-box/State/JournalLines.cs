using MeeseeksBox.Agent.Outputs;
using MeeseeksBox.Foundation.Files;
using Serilog;

namespace MeeseeksBox.Agent.State;

/// <summary>Reads files of lines with checksums, however damaged they are.</summary>
/// <remarks>
/// A truncated last line is normal after a crash. Any other damage costs the damaged lines only. It is logged, and a copy of the file is
/// kept.
/// </remarks>
/// <param name="outputs">Has the outputs that lines refer to.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Receives damage.</param>
/// <param name="longestLine">The length in bytes of the longest line that is read.</param>
internal sealed class JournalLines(OutputStore outputs, TimeProvider time, ILogger log, int longestLine = StoredLines.Longest)
{
    /// <summary>Reads all lines of a file; none without one.</summary>
    /// <param name="what">What the file is, for messages.</param>
    /// <param name="path">The file.</param>
    /// <param name="apply">Receives each line, in order.</param>
    /// <exception cref="IOException">The file exists and cannot be read.</exception>
    public void Read(string what, string path, Action<JournalLine> apply)
    {
        try
        {
            ReadLines(what, path, apply);
        }
        catch (Exception problem) when (FileProblem.Is(problem))
        {
            throw new IOException($"state.file: its {what} {path} cannot be read: {FileProblem.Reason(path, problem)}", problem);
        }
    }

    private void ReadLines(string what, string path, Action<JournalLine> apply)
    {
        if (!File.Exists(path))
            return;

        var damage = new List<string>();
        using (var file = File.OpenRead(path))
        {
            var number = 0;
            foreach (var line in StoredLines.Read(file, longestLine))
            {
                number++;
                if (line.IsTooLong)
                    damage.Add($"line {number}: longer than {longestLine} bytes");
                else if (JournalLine.TryRead(line.Text, outputs, out var change, out var problem))
                    apply(change);
                else if (TryReadParts(line.Text, apply) || (!line.IsLast && !line.Text.IsEmpty))
                    damage.Add($"line {number}: {problem}");
            }
        }

        if (damage is not [])
        {
            log.Error(
                "{What} {File} damaged: {Count} lines skipped ({First}); {Copy}",
                what, path, damage.Count, damage[0], DamagedFile.Keep(path, time));
        }
    }

    private bool TryReadParts(ReadOnlyMemory<byte> line, Action<JournalLine> apply)
    {
        var isAny = false;
        foreach (var record in JournalChecksum.RecordsIn(line))
        {
            if (JournalLine.TryRead(record, outputs, out var change, out _))
            {
                apply(change);
                isAny = true;
            }
        }

        return isAny;
    }
}
