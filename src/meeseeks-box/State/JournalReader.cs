using System.Buffers;
using System.IO.Pipelines;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Lines;
using Serilog;

namespace MeeseeksBox.Agent.State;

/// <summary>Plays a journal back over the jobs of a state file. A last line that was cut off is normal; anything else damaged is moved aside and said.</summary>
internal sealed class JournalReader(TimeProvider time, ILogger log)
{
    private const long LongestLine = 1L << 30;

    private readonly Dictionary<string, Job> _jobs = new(StringComparer.Ordinal);

    /// <summary>The ends of runs that stand in the journal, in their order; the history may lack the last of them.</summary>
    public List<Job> Endings { get; } = [];

    /// <summary>How many lines were played back.</summary>
    public int Count { get; private set; }

    /// <summary>Plays back both files, the former one first.</summary>
    /// <param name="saved">The jobs of the state file.</param>
    /// <param name="files">The files.</param>
    /// <returns>The jobs as they were last.</returns>
    /// <exception cref="IOException">A file is there and cannot be read.</exception>
    public async Task<IReadOnlyCollection<Job>> ReadAsync(IReadOnlyCollection<Job> saved, JournalFiles files)
    {
        foreach (var job in saved)
        {
            _jobs[job.Id] = job;
        }

        foreach (var path in new[] { files.Previous, files.Current })
        {
            try
            {
                await ReadAsync(path);
            }
            catch (UnauthorizedAccessException problem)
            {
                throw new IOException($"state.file: its journal {path} cannot be read: {problem.Message}", problem);
            }
        }

        return _jobs.Values;
    }

    private async Task ReadAsync(string path)
    {
        if (!File.Exists(path))
        {
            return;
        }

        var damage = new List<string>();
        await using (var file = File.OpenRead(path))
        {
            var lines = new LineReader(PipeReader.Create(file), LongestLine);
            for (var number = 1; await lines.ReadAsync(CancellationToken.None) is { Kind: LineKind.Line } line; number++)
            {
                if (JournalLine.TryRead(line.Line.ToArray(), out var change, out var problem))
                {
                    Apply(change);
                }
                else if (!line.IsLast && !line.Line.IsEmpty)
                {
                    damage.Add($"line {number}: {problem}");
                }
            }

            await lines.EndAsync();
        }

        if (damage is not [])
        {
            Quarantine(path, damage);
        }
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
            // A checkpoint may have come between: the file then knows more than this line.
            _jobs[job.Id] = job;
        }
    }

    private void Quarantine(string path, List<string> damage)
    {
        var aside = $"{path}.damaged-{time.GetUtcNow():yyyyMMdd-HHmmss}";
        File.Copy(path, aside, overwrite: true);
        log.Error(
            "the journal {File} is damaged in {Count} lines, which are left out ({First}); a copy of it was put aside as {Aside}",
            path, damage.Count, damage[0], aside);
    }
}
