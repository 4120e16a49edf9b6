using MeeseeksBox.Agent.Outputs;
using MeeseeksBox.Core.Jobs;
using MeeseeksBox.Foundation.Files;
using MeeseeksBox.Protocol.Jobs;
using Serilog;

namespace MeeseeksBox.Agent.State;

/// <summary>Replays a journal over the jobs of a state file.</summary>
/// <remarks>
/// A truncated last line is normal after a crash. Any other damage costs the damaged lines only. It is logged, and a copy of the journal is
/// kept. The end of a run is before the change of its job. An end whose change a crash has cut off counts no more than the change does: the
/// run goes on, or ends once more as crashed.
/// </remarks>
/// <param name="outputs">Has the outputs that lines refer to.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Receives damage.</param>
/// <param name="longestLine">The length in bytes of the longest line that is read.</param>
internal sealed class JournalReader(OutputStore outputs, TimeProvider time, ILogger log, int longestLine = StoredLines.Longest)
{
    private readonly Dictionary<string, Job> _jobs = new(StringComparer.Ordinal);
    private readonly StringPool _strings = new();

    /// <summary>The ends of runs in the journal, in order; the history may lack the last of them.</summary>
    public List<Job> Endings { get; } = [];

    /// <summary>Number of replayed lines.</summary>
    public int Count { get; private set; }

    /// <summary>Replays both files, the previous one first.</summary>
    /// <param name="saved">The jobs of the state file.</param>
    /// <param name="files">The files of the journal.</param>
    /// <returns>The latest copy of each job.</returns>
    /// <exception cref="IOException">A file exists and cannot be read.</exception>
    public IReadOnlyCollection<Job> Read(IReadOnlyCollection<Job> saved, JournalFiles files)
    {
        foreach (var job in saved)
            _jobs[job.Id] = job;

        foreach (var path in new[] { files.Previous, files.Current })
        {
            try
            {
                Read(path);
            }
            catch (Exception problem) when (FileProblem.Is(problem))
            {
                throw new IOException($"state.file: its journal {path} cannot be read: {FileProblem.Reason(path, problem)}", problem);
            }
        }

        _ = Endings.RemoveAll(ended => _jobs.TryGetValue(ended.Id, out var known) && IsBefore(known, ended));
        return _jobs.Values;
    }

    // The end of a run that is followed by another one has the number of the run.
    private static bool IsBefore(Job known, Job ended) =>
        known.Seq < ended.Seq || (known.Seq == ended.Seq && known.Status.State != ended.Status.State);

    private void Read(string path)
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
                    Apply(change);
                else if (TryReadParts(line.Text) || (!line.IsLast && !line.Text.IsEmpty))
                    damage.Add($"line {number}: {problem}");
            }
        }

        if (damage is not [])
        {
            log.Error(
                "journal {File} damaged: {Count} lines skipped ({First}); {Copy}",
                path, damage.Count, damage[0], DamagedFile.Keep(path, time));
        }
    }

    private bool TryReadParts(ReadOnlyMemory<byte> line)
    {
        var isAny = false;
        foreach (var record in JournalChecksum.RecordsIn(line))
        {
            if (JournalLine.TryRead(record, outputs, out var change, out _))
            {
                Apply(change);
                isAny = true;
            }
        }

        return isAny;
    }

    private void Apply(JournalLine line)
    {
        Count++;
        if (line.Ended is not null)
        {
            Endings.Add(line.Ended);
        }
        else if (line.Gone is not null)
        {
            _ = _jobs.Remove(line.Gone);
        }
        else if (line.Changed is { } job && !(_jobs.TryGetValue(job.Id, out var known) && known.Seq > job.Seq))
        {
            // A checkpoint after this line may have stored a later copy.
            _jobs[job.Id] = _strings.Of(job, job.Seq);
        }
    }
}
