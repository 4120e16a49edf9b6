namespace MeeseeksBox.Runner.Protocol;

/// <summary>The fields of the lines between a box and its runner (docs/RUNNER.md#lines).</summary>
public static class RunnerField
{
    /// <summary>Version of the protocol, in <c>hello</c>.</summary>
    public const string Version = "version";

    /// <summary>An argument of the process, in <c>start</c>; the first one names the program.</summary>
    public const string Argument = "arg";

    /// <summary>A variable of the environment as NAME=VALUE, in <c>start</c>.</summary>
    public const string Variable = "env";

    /// <summary>Full path of the working directory, in <c>start</c>.</summary>
    public const string Folder = "cwd";

    /// <summary>File for the standard input, in <c>start</c>; empty input without it.</summary>
    public const string Input = "stdin";

    /// <summary>File for the standard output, in <c>start</c>; in <c>ended</c> the number of bytes printed without a file.</summary>
    public const string Output = "stdout";

    /// <summary>The same for the standard error.</summary>
    public const string Errors = "stderr";

    /// <summary>Number of bytes to keep of a stream without a file, in <c>start</c>.</summary>
    public const string Limit = "limit";

    /// <summary>Milliseconds between SIGTERM and SIGKILL, in <c>end</c>; 0 for SIGKILL at once.</summary>
    public const string Grace = "grace";

    /// <summary>The process id, in <c>started</c> and in the runner's <c>hello</c>.</summary>
    public const string Pid = "pid";

    /// <summary>The exit status, in <c>ended</c>: -N when signal N ended the process. Missing when the process did not end.</summary>
    public const string Status = "status";

    /// <summary>1 in the box's <c>hello</c> when a later instance of the box takes over the runs of this one.</summary>
    public const string Keep = "keep";

    /// <summary>What the box wants to know about a run again, in <c>start</c> and <c>run</c>.</summary>
    public const string Data = "data";

    /// <summary>When a process has started or ended, in <c>started</c> and <c>ended</c>: microseconds since 1970.</summary>
    public const string At = "at";

    /// <summary>Milliseconds since the start of a process, in <c>started</c>.</summary>
    public const string Age = "age";

    /// <summary>Time limit of a run in milliseconds from its start, in <c>runtime</c>; none without it.</summary>
    public const string Runtime = "runtime";

    /// <summary>
    /// Limit of the memory of all processes of a run together, in bytes, in <c>start</c>; in <c>ended</c> the limit that the run has
    /// exceeded.
    /// </summary>
    public const string Memory = "memory";

    /// <summary>Limit of processors in thousandths of one, in <c>start</c>.</summary>
    public const string Cpus = "cpus";

    /// <summary>The limit over which the run was ended, in <c>ended</c>: <see cref="Memory"/>.</summary>
    public const string Exceeded = "exceeded";

    /// <summary>1 in <c>ended</c> when the runner has ended the run because of its time limit.</summary>
    public const string Overdue = "overdue";

    /// <summary>Number of bytes that were printed to a stream, but could not be kept, in <c>ended</c>.</summary>
    public static string LostOf(string stream) => $"{stream}_lost";

    /// <summary>1 in <c>run</c> when the processes are stopped by <c>suspend</c>.</summary>
    public const string Suspended = "suspended";

    /// <summary>The number of a signal, in <c>signal</c>.</summary>
    public const string Signal = "signal";

    /// <summary>Processor time of the process and its children, in <c>ended</c>: microseconds.</summary>
    public const string Cpu = "cpu";

    /// <summary>Largest memory of one of them, in <c>ended</c>: bytes.</summary>
    public const string MaxRss = "maxrss";

    /// <summary>Bytes that they have read from disks, in <c>ended</c>.</summary>
    public const string Read = "read";

    /// <summary>Bytes that they have written to disks, in <c>ended</c>.</summary>
    public const string Written = "written";

    /// <summary>Text for a person, in <c>refused</c> and <c>note</c>; in <c>signalled</c> why nothing was sent.</summary>
    public const string Text = "text";
}
