using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.CommandLine;

/// <summary>What the program tells the shell at its end (docs/SPECIFICATION.md#client-exit-status).</summary>
internal static class ClientExitStatus
{
    /// <summary>It did what it was asked to.</summary>
    public const int Good = 0;

    /// <summary>The request failed: no connection, an unknown id, a submit that was refused.</summary>
    public const int Failed = 1;

    /// <summary>The words on the command line are wrong.</summary>
    public const int WrongUsage = 2;

    /// <summary>It was interrupted, as a shell tells of signal 2.</summary>
    public const int Interrupted = 130;

    private const int SignalBase = 128;

    /// <summary>The exit status of a job, as a shell would tell of its program.</summary>
    /// <param name="job">A job that has ended; null: one that is gone.</param>
    public static int Of(Job? job) => job switch
    {
        { State: JobState.Done } => job.Rc ?? Good,
        { Rc: < 0 and > -SignalBase and var signal } => SignalBase - signal,
        { Rc: > 0 and <= byte.MaxValue and var rc } => rc,
        _ => Failed,
    };
}
