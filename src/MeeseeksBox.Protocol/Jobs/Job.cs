using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MeeseeksBox.Protocol.Jobs;

/// <summary>An immutable snapshot of a job, with its spec and its status.</summary>
/// <remarks>
/// <see cref="JobAttributes"/> has the name of each attribute on the wire and the forms that it accepts. A sample:
/// <c>{"id":"ok","pool":"p1","args":["/bin/echo","hello"],"node":"node1","submit_node":"head1","state":"done","rc":0,"tags":[],…}</c>.
/// Times are in seconds since 1970, spans in seconds (docs/SPECIFICATION.md#status-attributes).
/// </remarks>
[JsonConverter(typeof(JobConverter))]
public sealed record Job
{
    /// <summary>The id, unique in the cluster.</summary>
    public required string Id { get; init; }

    /// <summary>The pool for the job.</summary>
    public string Pool { get; init; } = "";

    /// <summary>The command; empty when <see cref="Settings"/> is set.</summary>
    public string[] Args { get; init; } = [];

    /// <summary>
    /// For a job in pool <c>__config</c>: the object in <c>args</c> (docs/SPECIFICATION.md#remote-configuration).
    /// </summary>
    public JsonElement? Settings { get; init; }

    /// <summary>The node of the job; null (<c>false</c> on the wire) while it is unassigned.</summary>
    public string? Node { get; init; }

    /// <summary>The node that places the job again.</summary>
    /// <remarks>It is the node that the submit named, or the first that handled the job.</remarks>
    public string? SubmitNode { get; init; }

    /// <summary>The nodes that the submit listed, if there were several.</summary>
    /// <remarks>After an expiry, the first of them that is online takes the job.</remarks>
    public string[]? Nodes { get; init; }

    /// <summary>The phase of the job.</summary>
    public JobState State { get; init; }

    /// <summary>True while a pool holds the job: queued, running, or being killed.</summary>
    public bool Active { get; init; }

    /// <summary>How often the job was sent off again: by a manual restart, by <c>resubmit</c> or after an expiry.</summary>
    /// <remarks>
    /// A copy with a lower epoch is stale regardless of its stamp. The original has no epoch; its nodes pass the attribute along.
    /// </remarks>
    public int Epoch { get; init; }

    /// <summary>The stamp: the time of the last change, by the clock of its node.</summary>
    public double Ts { get; init; }

    /// <summary>The number of change, which is valid on this node only.</summary>
    public long Seq { get; init; }

    /// <summary>The time of the submit.</summary>
    public double SubmitTs { get; init; }

    /// <summary>The start of the last run.</summary>
    public double? StartTs { get; init; }

    /// <summary>The end of the last run.</summary>
    public double? EndTs { get; init; }

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
    public string? StdoutData { get; init; }

    /// <summary>The kept standard error of the last run in base64; null when empty.</summary>
    public string? StderrData { get; init; }

    /// <summary>True when <see cref="StdoutData"/> lacks its middle, which was over the pool's <c>output_limit</c>.</summary>
    public bool? StdoutTruncated { get; init; }

    /// <summary>True when <see cref="StderrData"/> lacks its middle.</summary>
    public bool? StderrTruncated { get; init; }

    /// <summary>The file for standard input; null for empty input.</summary>
    public string? Stdin { get; init; }

    /// <summary>The file to append standard output to; null to keep the output.</summary>
    public string? Stdout { get; init; }

    /// <summary>The file to append standard error to; null to keep the output.</summary>
    public string? Stderr { get; init; }

    /// <summary>The maximum time of a run, in seconds.</summary>
    public double? Runtime { get; init; }

    /// <summary>True to queue the job without a start; null when it was never set.</summary>
    public bool? Hold { get; init; }

    /// <summary>True to run the job again after success; null when it was never set.</summary>
    public bool? Restart { get; init; }

    /// <summary>True to send the job off again after its end; null when never set.</summary>
    /// <remarks>It applies to jobs that are done or failed.</remarks>
    public bool? Resubmit { get; init; }

    /// <summary>The number of further runs after failures; null when it was never set.</summary>
    public int? Retries { get; init; }

    /// <summary>Settings for the pool's plugin; for a process: <c>cwd</c>, <c>env</c>, <c>shell</c>.</summary>
    public JsonElement? Config { get; init; }

    /// <summary>Variables that are added to the environment of the process.</summary>
    public ImmutableSortedDictionary<string, string>? Env { get; init; }

    /// <summary>The working directory; null for that of the box.</summary>
    public string? Cwd { get; init; }

    /// <summary>The user to run as, by name or number; null for the user of the box.</summary>
    public string? Uid { get; init; }

    /// <summary>The group to run as, by name or number; null for the group of <see cref="Uid"/>.</summary>
    public string? Gid { get; init; }

    /// <summary>Words for finding the job.</summary>
    public string[] Tags { get; init; } = [];

    /// <summary>Attributes from plugins or other versions, which are stored, sent on and shown; null for none.</summary>
    /// <remarks>
    /// A cleared spec attribute is kept here as an explicit null. Legacy peers merge key by key and would otherwise keep its value.
    /// </remarks>
    public ImmutableSortedDictionary<string, JsonElement>? Extra { get; init; }

    /// <summary>True while the job is new or running.</summary>
    [JsonIgnore]
    public bool IsLive => State is JobState.New or JobState.Running;

    /// <summary>True when the job is done, failed or killed, and no pool holds it.</summary>
    [JsonIgnore]
    public bool HasEnded => !IsLive && !Active;
}
