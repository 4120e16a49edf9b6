using MeeseeksBox.Agent.Outputs;
using MeeseeksBox.Core.Jobs;
using MeeseeksBox.Protocol.Jobs;
using Serilog;

namespace MeeseeksBox.Agent.State;

/// <summary>Replays a journal over the jobs of a state file.</summary>
/// <remarks>
/// The end of a run is before the change of its job. An end whose change a crash has cut off counts no more than the change does: the run
/// goes on, or ends once more as crashed.
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

    /// <summary>The jobs that were removed, as they were then, in the order of removal; some may be there again.</summary>
    public List<Job> Removed { get; } = [];

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

        var lines = new JournalLines(outputs, time, log, longestLine);
        foreach (var path in new[] { files.Previous, files.Current })
            lines.Read("journal", path, Apply);

        _ = Endings.RemoveAll(ended => _jobs.TryGetValue(ended.Id, out var known) && IsBefore(known, ended));
        return _jobs.Values;
    }

    // The end of a run that is followed by another one has the number of the run.
    private static bool IsBefore(Job known, Job ended) =>
        known.Seq < ended.Seq || (known.Seq == ended.Seq && known.Status.State != ended.Status.State);

    private void Apply(JournalLine line)
    {
        Count++;
        if (line.Ended is not null)
        {
            Endings.Add(line.Ended);
        }
        else if (line.Gone is not null)
        {
            // Where the line with its end is damaged, the copy is still live: that is no tombstone.
            if (_jobs.Remove(line.Gone, out var removed) && !removed.IsLive)
                Removed.Add(removed);
        }
        else if (line.Changed is { } job && !(_jobs.TryGetValue(job.Id, out var known) && known.Seq > job.Seq))
        {
            // A checkpoint after this line may have stored a later copy.
            _jobs[job.Id] = _strings.Of(job, job.Seq);
        }
    }
}
