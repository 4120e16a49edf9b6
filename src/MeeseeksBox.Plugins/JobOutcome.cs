namespace MeeseeksBox.Plugins;

/// <summary>The result of a run of a job.</summary>
public sealed record JobOutcome
{
    private JobOutcome()
    {
    }

    /// <summary>True when the run succeeded.</summary>
    public bool Succeeded { get; private init; }

    /// <summary>False when the job could not be started.</summary>
    public bool WasStarted { get; private init; } = true;

    /// <summary>The exit status, if any: the job's <c>rc</c>.</summary>
    public int? Rc { get; private init; }

    /// <summary>Why the run failed, for people; null when the exit status is sufficient.</summary>
    public string? Error { get; private init; }

    /// <summary>The run succeeded.</summary>
    /// <param name="rc">The exit status to show, usually 0.</param>
    public static JobOutcome Success(int? rc = 0) => new() { Succeeded = true, Rc = rc };

    /// <summary>The run started and failed.</summary>
    /// <param name="rc">The exit status, if any.</param>
    /// <param name="error">The reason for people; null when the exit status is sufficient.</param>
    public static JobOutcome Failure(int? rc, string? error = null) => new() { Rc = rc, Error = error };

    /// <summary>The run could not start, for example because of a missing file.</summary>
    /// <param name="error">The reason for people.</param>
    public static JobOutcome NotStarted(string error) => new() { WasStarted = false, Error = error };
}
