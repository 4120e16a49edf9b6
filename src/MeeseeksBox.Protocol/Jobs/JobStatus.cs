namespace MeeseeksBox.Protocol.Jobs;

/// <summary>Where a job is, and how far it has got (docs/SPECIFICATION.md#status-attributes). The nodes set it.</summary>
/// <remarks>The owner, the node that the job is on, is authoritative. Of two copies, the status with more progress is kept.</remarks>
public sealed record JobStatus
{
    /// <summary>The status of a job that no node has handled so far.</summary>
    public static JobStatus New { get; } = new();

    /// <summary>The error of a job whose run its own node has lost.</summary>
    public const string CrashError = "crashed";

    // By this error, the nodes of the original and of this project recognize a job that another node gave up.
    private const string PresumedLostError = "expired";

    private readonly CompactNumber _startTs;
    private readonly CompactNumber _endTs;
    private readonly CompactNumber _stdoutSize;
    private readonly CompactNumber _stderrSize;
    private readonly CompactNumber _cpu;
    private readonly CompactNumber _maxRss;

    /// <summary>The node of the job; null (<c>false</c> on the wire) while it is unassigned.</summary>
    public string? Node { get; init; }

    /// <summary>The node that places the job again.</summary>
    /// <remarks>It is the node that the submit named, or the first that handled the job.</remarks>
    public string? SubmitNode { get; init; }

    /// <summary>The nodes that the submit listed, if there were several.</summary>
    /// <remarks>After an expiry, the first of them that is online takes the job.</remarks>
    public string[]? Nodes { get; init; }

    /// <summary>The state on the wire; <see cref="Phase"/> is more precise.</summary>
    public JobState State { get; init; }

    /// <summary>True while a pool holds the job: queued, running, or being killed.</summary>
    public bool Active { get; init; }

    /// <summary>When a person restarted the job last; 0: never.</summary>
    /// <remarks>Later than all that the restarting node knew of the job, also where clocks differ.</remarks>
    public double RestartedAt { get; init; }

    /// <summary>When a person killed the job last; 0: never, or by a node that does not keep it.</summary>
    public double KilledAt { get; init; }

    /// <summary>How often the job was sent off again: by a manual restart, by <c>resubmit</c> or after an expiry.</summary>
    /// <remarks>The original has no epoch; its nodes pass the attribute along.</remarks>
    public int Epoch { get; init; }

    /// <summary>The time of the submit.</summary>
    public double SubmitTs { get; init; }

    /// <summary>The start of the last run.</summary>
    public double? StartTs
    {
        get => _startTs.Real;
        init => _startTs = CompactNumber.Of(value);
    }

    /// <summary>The end of the last run.</summary>
    public double? EndTs
    {
        get => _endTs.Real;
        init => _endTs = CompactNumber.Of(value);
    }

    /// <summary>The number of starts.</summary>
    public int StartCount { get; init; }

    /// <summary>The number of failures.</summary>
    public int FailCount { get; init; }

    /// <summary>The process id while the job runs, if it has a process.</summary>
    public int? Pid { get; init; }

    /// <summary>The exit status of the last run; -N when signal N ended it.</summary>
    public int? Rc { get; init; }

    /// <summary>Why the last run failed, for people.</summary>
    public string? Error { get; init; }

    /// <summary>The kept standard output of the last run in base64; null when empty.</summary>
    public string? StdoutData
    {
        get => Stdout?.Text;
        init => Stdout = OutputData.Of(value);
    }

    /// <summary>The kept standard error of the last run in base64; null when empty.</summary>
    public string? StderrData
    {
        get => Stderr?.Text;
        init => Stderr = OutputData.Of(value);
    }

    /// <summary>The kept standard output of the last run; null when empty.</summary>
    public OutputData? Stdout { get; init; }

    /// <summary>The kept standard error of the last run; null when empty.</summary>
    public OutputData? Stderr { get; init; }

    /// <summary>True when <see cref="StdoutData"/> lacks a part: over the pool's <c>output_limit</c>, or lost.</summary>
    public bool? StdoutTruncated { get; init; }

    /// <summary>True when <see cref="StderrData"/> lacks a part.</summary>
    public bool? StderrTruncated { get; init; }

    /// <summary>The bytes that were printed to standard output, if <see cref="StdoutData"/> lacks a part.</summary>
    public long? StdoutSize
    {
        get => _stdoutSize.Integer;
        init => _stdoutSize = CompactNumber.Of(value);
    }

    /// <summary>The bytes that were printed to standard error, if <see cref="StderrData"/> lacks a part.</summary>
    public long? StderrSize
    {
        get => _stderrSize.Integer;
        init => _stderrSize = CompactNumber.Of(value);
    }

    /// <summary>The processor time of the last run, in seconds.</summary>
    public double? Cpu
    {
        get => _cpu.Real;
        init => _cpu = CompactNumber.Of(value);
    }

    /// <summary>The largest memory of one process of the last run, in bytes.</summary>
    public long? MaxRss
    {
        get => _maxRss.Integer;
        init => _maxRss = CompactNumber.Of(value);
    }

    /// <summary>The disk input and output of the last run.</summary>
    public IoUsage? Io { get; init; }

    /// <summary>When a person had the job run last: by its submit or by a restart.</summary>
    public double OrderedAt => Math.Max(SubmitTs, RestartedAt);

    /// <summary>The phase of the job.</summary>
    public JobPhase Phase => State switch
    {
        JobState.New when Node is null => JobPhase.Unassigned,
        JobState.New when EndTs is not null && StartCount + FailCount + Epoch > 0 => JobPhase.Requeued,
        JobState.New => JobPhase.Queued,
        JobState.Running => JobPhase.Running,

        // A legacy node leaves such a job active.
        JobState.Failed when Error is PresumedLostError => JobPhase.PresumedLost,
        _ when Active => JobPhase.Ending,
        JobState.Killed when Error is PresumedLostError => JobPhase.PresumedLost,
        JobState.Done => JobPhase.Done,
        JobState.Failed => JobPhase.Failed,
        JobState.Killed => JobPhase.Killed,
        _ => throw new InvalidOperationException("Unknown job state."),
    };

    /// <summary>True when the node of the job does not know how the last run ended.</summary>
    public bool HasCrashed => State is not JobState.Running && Error is CrashError;

    /// <summary>The status of a job that another node gives up, because no report of it came in time.</summary>
    /// <remarks>A pending kill stays a kill: if the owner returns with the job alive, the kill is still pending there.</remarks>
    /// <param name="at">The present time.</param>
    public JobStatus PresumedLost(double at) => this with
    {
        State = State is JobState.Killed ? JobState.Killed : JobState.Failed,
        FailCount = State is JobState.Killed ? FailCount : FailCount + 1,
        Error = PresumedLostError,
        Active = false,
        Pid = null,
        EndTs = at,
    };

    /// <summary>The order of two epochs: below 0 when that of this status is the earlier one, whatever the stamps.</summary>
    /// <remarks>A person who runs the job counts more than all that nodes made by themselves.</remarks>
    public int CompareEpoch(JobStatus other) => (OrderedAt, Epoch).CompareTo((other.OrderedAt, other.Epoch));

    /// <summary>An error text for a run, other than the one that marks a job as presumed lost.</summary>
    /// <param name="error">The text; null for none.</param>
    public static string? RunError(string? error) => error is PresumedLostError ? $"failed: {error}" : error;

    /// <summary>Without the kept outputs, which are marked as incomplete.</summary>
    public JobStatus WithoutOutputs() => this with
    {
        Stdout = null,
        Stderr = null,
        StdoutTruncated = Stdout is null ? StdoutTruncated : true,
        StderrTruncated = Stderr is null ? StderrTruncated : true,
    };

    /// <summary>With the kept outputs that it lacks, and that another status of the same run has.</summary>
    public JobStatus WithOutputsOf(JobStatus other)
    {
        var status = Stdout is null && StdoutTruncated is true && other.Stdout is not null
            ? this with { Stdout = other.Stdout, StdoutTruncated = other.StdoutTruncated }
            : this;
        return Stderr is null && StderrTruncated is true && other.Stderr is not null
            ? status with { Stderr = other.Stderr, StderrTruncated = other.StderrTruncated }
            : status;
    }

    /// <summary>Without the process and the results of the last run.</summary>
    public JobStatus WithoutResult() => this with
    {
        Pid = null,
        EndTs = null,
        Rc = null,
        Error = null,
        Stdout = null,
        Stderr = null,
        StdoutTruncated = StdoutTruncated is null ? null : false,
        StderrTruncated = StderrTruncated is null ? null : false,
        StdoutSize = StdoutSize is null ? null : 0,
        StderrSize = StderrSize is null ? null : 0,
        Cpu = Cpu is null ? null : 0,
        MaxRss = MaxRss is null ? null : 0,
        Io = Io is null ? null : new IoUsage(0, 0),
    };
}
