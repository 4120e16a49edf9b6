using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.CommandLine;

/// <summary>The exit status of the program (docs/SPECIFICATION.md#client-exit-status).</summary>
internal static class ClientExitStatus
{
    /// <summary>The command succeeded.</summary>
    public const int Good = 0;

    /// <summary>The request failed: no connection, an unknown id, a rejected submit.</summary>
    public const int Failed = 1;

    /// <summary>The command line is wrong.</summary>
    public const int WrongUsage = 2;

    private const int SignalBase = 128;

    /// <summary>The exit status of a job in the form of a shell: 128 + N after signal N.</summary>
    /// <param name="job">An ended job; null: the job is gone.</param>
    public static int Of(Job? job) => job switch
    {
        { Status.State: JobState.Done } => job.Status.Rc ?? Good,
        { Status.Rc: < 0 and > -SignalBase and var signal } => SignalBase - signal,
        { Status.Rc: > 0 and <= byte.MaxValue and var rc } => rc,
        _ => Failed,
    };
}
