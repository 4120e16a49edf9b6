using System.Buffers;
using System.IO.Pipelines;
using MeeseeksBox.Agent.Outputs;
using MeeseeksBox.Foundation.Files;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Lines;
using Serilog;

namespace MeeseeksBox.Agent.State;

/// <summary>Replays a journal over the jobs of a state file.</summary>
/// <remarks>A truncated last line is normal after a crash. Any other damage is logged, and a copy of the journal is kept.</remarks>
/// <param name="outputs">Has the outputs that lines refer to.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Receives damage.</param>
internal sealed class JournalReader(OutputStore outputs, TimeProvider time, ILogger log)
{
    private const long LongestLine = 1L << 30;

    private readonly Dictionary<string, Job> _jobs = new(StringComparer.Ordinal);

    /// <summary>The ends of runs in the journal, in order; the history may lack the last of them.</summary>
    public List<Job> Endings { get; } = [];

    /// <summary>Number of replayed lines.</summary>
    public int Count { get; private set; }

    /// <summary>Replays both files, the previous one first.</summary>
    /// <param name="saved">The jobs of the state file.</param>
    /// <param name="files">The files of the journal.</param>
    /// <returns>The latest copy of each job.</returns>
    /// <exception cref="IOException">A file exists and cannot be read.</exception>
    public async Task<IReadOnlyCollection<Job>> ReadAsync(IReadOnlyCollection<Job> saved, JournalFiles files)
    {
        foreach (var job in saved)
            _jobs[job.Id] = job;

        foreach (var path in new[] { files.Previous, files.Current })
        {
            try
            {
                await ReadAsync(path);
            }
            catch (Exception problem) when (FileProblem.Is(problem))
            {
                throw new IOException($"state.file: its journal {path} cannot be read: {FileProblem.Reason(path, problem)}", problem);
            }
        }

        return _jobs.Values;
    }

    private async Task ReadAsync(string path)
    {
        if (!File.Exists(path))
            return;

        var damage = new List<string>();
        await using (var file = File.OpenRead(path))
        {
            var lines = new LineReader(PipeReader.Create(file), LongestLine);
            for (var number = 1; await lines.ReadAsync(CancellationToken.None) is { Kind: LineKind.Line } line; number++)
            {
                if (JournalLine.TryRead(line.Line.ToArray(), outputs, out var change, out var problem))
                    Apply(change);
                else if (!line.IsLast && !line.Line.IsEmpty)
                    damage.Add($"line {number}: {problem}");
            }

            await lines.EndAsync();
        }

        if (damage is not [])
            Quarantine(path, damage);
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
            _jobs[job.Id] = job;
        }
    }

    private void Quarantine(string path, List<string> damage)
    {
        var aside = DamagedFile.PathOf(path, time);
        File.Copy(path, aside, overwrite: true);
        log.Error(
            "journal {File} damaged: {Count} lines skipped ({First}); copy kept as {Aside}",
            path, damage.Count, damage[0], aside);
    }
}
