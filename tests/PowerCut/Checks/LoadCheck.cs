using System.Globalization;
using MeeseeksBox.Agent.Outputs;
using MeeseeksBox.Agent.State;
using MeeseeksBox.PowerCut.Disk;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace MeeseeksBox.PowerCut.Checks;

/// <summary>Loads what a power cut has left as a box does at its start, and compares it with the promises.</summary>
/// <param name="folder">A folder for the files.</param>
internal sealed class LoadCheck(string folder)
{
    /// <summary>The name of the state file.</summary>
    public const string State = "state";

    /// <summary>The name of the history.</summary>
    public const string History = "history";

    private const int MostLines = 1_000_000;

    /// <summary>Finds what is broken.</summary>
    /// <param name="remains">What the cut has left.</param>
    /// <param name="promises">The promises before it.</param>
    public IReadOnlyList<string> Faults(Remains remains, Promises promises)
    {
        Directory.Delete(folder, recursive: true);
        _ = Directory.CreateDirectory(folder);
        remains.WriteTo(folder);
        var errors = new Errors();
        using var log = new LoggerConfiguration().WriteTo.Sink(errors).CreateLogger();
        try
        {
            var (jobs, ends) = Load(log);

            // Unflushed lines that are damaged are no loss, but reported.
            var isDamaged = remains.Loss is DataLoss.Zeros or DataLoss.Scattered;
            return [.. promises.Broken(jobs, remains.IsAll), .. Wrong(jobs, ends), .. isDamaged ? [] : errors.Texts];
        }
        catch (IOException problem)
        {
            return [$"the box does not start: {problem.Message}"];
        }
    }

    private static IEnumerable<string> Wrong(Dictionary<string, StoredResult> jobs, Dictionary<string, int> ends)
    {
        foreach (var job in jobs.Values)
        {
            if (job.WrongOutput is { } wrong)
                yield return wrong;
            if (ends.GetValueOrDefault(job.Id) != job.Ends)
                yield return $"the history has {ends.GetValueOrDefault(job.Id)} ends of a job that has ended {job.Ends} times: {job}";
        }
    }

    private (Dictionary<string, StoredResult> Jobs, Dictionary<string, int> Ends) Load(Logger log)
    {
        var path = Path.Combine(folder, State);
        _ = InstanceId.Of(path);
        using var runs = new RunsFolder(path, isDurable: false);
        using var outputs = new OutputStore(runs, TimeProvider.System, log);
        using var state = StateFile.Open(path, TimeProvider.System, log);
        using var journal = new JournalFiles(path);
        var reader = new JournalReader(outputs, TimeProvider.System, log);
        var jobs = reader.Read(state.Load(outputs), journal);
        var history = Path.Combine(folder, History);
        if (File.Exists(history))
            _ = HistoryTail.CutTorn(history);
        var ends = HistoryTail.Read(history, MostLines).Concat(reader.Endings.Select(HistoryTail.KeyOf)).Distinct(StringComparer.Ordinal)
            .CountBy(key => key.Split(' ')[0]).ToDictionary(StringComparer.Ordinal);
        return (jobs.ToDictionary(job => job.Id, StoredResult.Of, StringComparer.Ordinal), ends);
    }

    private sealed class Errors : ILogEventSink
    {
        public List<string> Texts { get; } = [];

        public void Emit(LogEvent logEvent)
        {
            if (logEvent.Level >= LogEventLevel.Error)
                Texts.Add(logEvent.RenderMessage(CultureInfo.InvariantCulture));
        }
    }
}
