namespace MeeseeksBox.Runner.Protocol;

/// <summary>The first word of each line between a box and its runner (docs/RUNNER.md#lines).</summary>
public static class RunnerVerb
{
    /// <summary>The first line in either direction, with the version of the protocol.</summary>
    public const string Hello = "hello";

    /// <summary>Box: asks whether the runner is able to answer.</summary>
    public const string Ping = "ping";

    /// <summary>Runner: the answer to <see cref="Ping"/>.</summary>
    public const string Pong = "pong";

    /// <summary>Box: start the process of a run.</summary>
    public const string Start = "start";

    /// <summary>Box: end all processes of a run, politely first.</summary>
    public const string End = "end";

    /// <summary>Box: the end of a run is recorded; its output is not needed any more.</summary>
    public const string Forget = "forget";

    /// <summary>Box: the time limit of a run, which the runner enforces while there is no box.</summary>
    public const string Runtime = "runtime";

    /// <summary>Box: stop all processes of a run.</summary>
    public const string Suspend = "suspend";

    /// <summary>Box: continue all processes of a run.</summary>
    public const string Resume = "resume";

    /// <summary>Box: send a signal to the process of a run.</summary>
    public const string Signal = "signal";

    /// <summary>Runner: the answer to <see cref="Signal"/>.</summary>
    public const string Signalled = "signalled";

    /// <summary>Box: asks for one <see cref="Output"/> line, when a run has printed more bytes than a number.</summary>
    public const string Watch = "watch";

    /// <summary>Runner: how many bytes a run has printed.</summary>
    public const string Output = "output";

    /// <summary>Runner: a run that it has already when a box says hello. What is known about it follows.</summary>
    public const string Run = "run";

    /// <summary>Runner: no further <see cref="Run"/> line follows.</summary>
    public const string Ready = "ready";

    /// <summary>Runner: it starts no further process, and ends after its last run.</summary>
    public const string Ending = "ending";

    /// <summary>Runner: the process of a run has started.</summary>
    public const string Started = "started";

    /// <summary>Runner: the process of a run could not be started, and why.</summary>
    public const string Refused = "refused";

    /// <summary>Runner: something that a person should know about a run.</summary>
    public const string Note = "note";

    /// <summary>Runner: a run has ended.</summary>
    public const string Ended = "ended";
}
