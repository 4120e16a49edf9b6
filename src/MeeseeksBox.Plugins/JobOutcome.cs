namespace MeeseeksBox.Plugins;

/// <summary>How a run of a job ended.</summary>
public sealed record JobOutcome
{
    private JobOutcome()
    {
    }

    /// <summary>True when the work was done.</summary>
    public bool Succeeded { get; private init; }

    /// <summary>False when the job could not even be started.</summary>
    public bool WasStarted { get; private init; } = true;

    /// <summary>The exit status, where there is one: the job's <c>rc</c>.</summary>
    public int? Rc { get; private init; }

    /// <summary>Why it failed, in a person's words; null when the exit status says it all.</summary>
    public string? Error { get; private init; }

    /// <summary>The work was done.</summary>
    /// <param name="rc">The exit status to show, 0 as a rule.</param>
    public static JobOutcome Success(int? rc = 0) => new() { Succeeded = true, Rc = rc };

    /// <summary>The work was begun and not done.</summary>
    /// <param name="rc">The exit status, where there is one.</param>
    /// <param name="error">Why, in a person's words; null when the exit status says it all.</param>
    public static JobOutcome Failure(int? rc, string? error = null) => new() { Rc = rc, Error = error };

    /// <summary>The work could not begin: no such program, no such file.</summary>
    /// <param name="error">Why, in a person's words.</param>
    public static JobOutcome NotStarted(string error) => new() { WasStarted = false, Error = error };
}
