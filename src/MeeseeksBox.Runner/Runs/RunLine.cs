using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.Runner.Children;
using MeeseeksBox.Runner.Protocol;

namespace MeeseeksBox.Runner.Runs;

/// <summary>The lines of the runner about a run (docs/RUNNER.md#lines).</summary>
internal static class RunLine
{
    /// <summary>Its process has started.</summary>
    public static RunnerMessage Started(string run, JobProcess process) => new RunnerMessage(RunnerVerb.Started, run)
        .With(RunnerField.Pid, process.Pid)
        .With(RunnerField.At, Microseconds(process.StartedAt))
        .With(RunnerField.Age, (long)process.Age.TotalMilliseconds);

    /// <summary>Its process cannot be started.</summary>
    public static RunnerMessage Refused(string run, string problem) =>
        new RunnerMessage(RunnerVerb.Refused, run).With(RunnerField.Text, problem);

    /// <summary>The answer to a signal.</summary>
    /// <param name="run">The id of the run.</param>
    /// <param name="error">The number of the error, or 0; null before the start.</param>
    public static RunnerMessage Signalled(string run, int? error)
    {
        var line = new RunnerMessage(RunnerVerb.Signalled, run);
        return error switch
        {
            0 => line,
            null => line.With(RunnerField.Text, "it has no process yet"),
            ErrorNumber.NoProcess => line.With(RunnerField.Text, "its process has ended"),
            { } other => line.With(RunnerField.Text, ErrorNumber.TextOf(other)),
        };
    }

    /// <summary>Something for people.</summary>
    public static RunnerMessage Note(string run, string text) => new RunnerMessage(RunnerVerb.Note, run).With(RunnerField.Text, text);

    /// <summary>Adds the exit of the process to the report of the end.</summary>
    public static void AddExit(RunnerMessage report, JobProcess process)
    {
        var (status, usage) = process.Exited.Result;
        _ = report.With(RunnerField.Status, status).With(RunnerField.At, Microseconds(process.ExitedAt))
            .With(RunnerField.Cpu, usage.Cpu)
            .With(RunnerField.MaxRss, usage.MaxRss)
            .With(RunnerField.Read, usage.Read)
            .With(RunnerField.Written, usage.Written);
    }

    private static long Microseconds(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
}
