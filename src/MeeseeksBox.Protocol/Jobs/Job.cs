using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MeeseeksBox.Protocol.Jobs;

/// <summary>
/// A job as it stands at one moment: what was asked for, and what came of it. An immutable snapshot: every change makes another one.
/// </summary>
/// <remarks>
/// What each attribute is called on the wire, and which forms of it are taken, is in <see cref="JobAttributes"/>. A sample:
/// <c>{"id":"ok","pool":"p1","args":["/bin/echo","hello"],"node":"node1","submit_node":"head1","state":"done","rc":0,"tags":[],…}</c>.
/// Times are in seconds since 1970, spans in seconds (docs/SPECIFICATION.md#status-attributes).
/// </remarks>
[JsonConverter(typeof(JobConverter))]
public sealed record Job
{
    /// <summary>Unique in the cluster.</summary>
    public required string Id { get; init; }

    /// <summary>The pool that is to run it.</summary>
    public string Pool { get; init; } = "";

    /// <summary>The command; empty when <see cref="Settings"/> stands in its place.</summary>
    public string[] Args { get; init; } = [];

    /// <summary>
    /// For a job in pool <c>__config</c>: the object that stands in <c>args</c> (docs/SPECIFICATION.md#remote-configuration).
    /// </summary>
    public JsonElement? Settings { get; init; }

    /// <summary>The node it is on or meant for; null (<c>false</c> on the wire) while none has been chosen.</summary>
    public string? Node { get; init; }

    /// <summary>Where it goes back to when it is routed anew: the node that the submitter named, or the first that handled it.</summary>
    public string? SubmitNode { get; init; }

    /// <summary>The nodes that the submitter listed, when there were several: after an expiry the first of them that is online takes it.</summary>
    public string[]? Nodes { get; init; }

    /// <summary>Where it stands.</summary>
    public JobState State { get; init; }

    /// <summary>True while a pool has hold of it: queued there, running, or being killed.</summary>
    public bool Active { get; init; }

    /// <summary>
    /// How often it was sent off anew, by a person's restart, by <c>resubmit</c> or after an expiry. A copy with a lower number is stale
    /// whatever its clock says. Ours; old peers pass it along.
    /// </summary>
    public int Epoch { get; init; }

    /// <summary>When it last changed, by the clock of the node that changed it.</summary>
    public double Ts { get; init; }

    /// <summary>Grows with every change that this node sees; means nothing on any other node.</summary>
    public long Seq { get; init; }

    /// <summary>When it was submitted.</summary>
    public double SubmitTs { get; init; }

    /// <summary>When its last run started.</summary>
    public double? StartTs { get; init; }

    /// <summary>When its last run ended.</summary>
    public double? EndTs { get; init; }

    /// <summary>How often it was started.</summary>
    public int StartCount { get; init; }

    /// <summary>How often it failed.</summary>
    public int FailCount { get; init; }

    /// <summary>Its process while it runs, where it has one.</summary>
    public int? Pid { get; init; }

    /// <summary>Exit status of its last run; -N when we ended it with signal N.</summary>
    public int? Rc { get; init; }

    /// <summary>Why its last run failed, in a person's words.</summary>
    public string? Error { get; init; }

    /// <summary>Standard output of its last run in base64, when it was kept and not empty.</summary>
    public string? StdoutData { get; init; }

    /// <summary>Standard error of its last run in base64, when it was kept and not empty.</summary>
    public string? StderrData { get; init; }

    /// <summary>True when <see cref="StdoutData"/> lacks its middle, which was over the pool's <c>output_limit</c>.</summary>
    public bool? StdoutTruncated { get; init; }

    /// <summary>True when <see cref="StderrData"/> lacks its middle.</summary>
    public bool? StderrTruncated { get; init; }

    /// <summary>The file it reads; null for empty input.</summary>
    public string? Stdin { get; init; }

    /// <summary>The file its output is appended to; null to keep it.</summary>
    public string? Stdout { get; init; }

    /// <summary>The file its errors are appended to; null to keep them.</summary>
    public string? Stderr { get; init; }

    /// <summary>The longest it may run, in seconds.</summary>
    public double? Runtime { get; init; }

    /// <summary>True to queue it and not start it; null when it was never said.</summary>
    public bool? Hold { get; init; }

    /// <summary>True to run it again after success; null when it was never said.</summary>
    public bool? Restart { get; init; }

    /// <summary>True to send it off anew after it is done or failed; null when it was never said.</summary>
    public bool? Resubmit { get; init; }

    /// <summary>How many further runs it gets after failures; null when it was never said.</summary>
    public int? Retries { get; init; }

    /// <summary>Settings for the pool's plugin; for a process: <c>cwd</c>, <c>env</c>, <c>shell</c>.</summary>
    public JsonElement? Config { get; init; }

    /// <summary>What is added to the environment of its process.</summary>
    public ImmutableSortedDictionary<string, string>? Env { get; init; }

    /// <summary>The folder it works in; null for the box's own.</summary>
    public string? Cwd { get; init; }

    /// <summary>The user it is to run as, by name or number; null for the user of the box.</summary>
    public string? Uid { get; init; }

    /// <summary>The group it is to run as, by name or number; null for the group of <see cref="Uid"/>.</summary>
    public string? Gid { get; init; }

    /// <summary>Words to find it by.</summary>
    public string[] Tags { get; init; } = [];

    /// <summary>
    /// Attributes that are not ours: what a plugin reported, what another version knows. Kept, sent on and shown. A spec key that was taken
    /// back stands here as null, because an old peer, which merges key by key, would otherwise keep its value. Null when there are none.
    /// </summary>
    public ImmutableSortedDictionary<string, JsonElement>? Extra { get; init; }

    /// <summary>True while it is to run or runs.</summary>
    [JsonIgnore]
    public bool IsLive => State is JobState.New or JobState.Running;

    /// <summary>True when nothing more will come of it: done, failed or killed, and no pool has hold of it.</summary>
    [JsonIgnore]
    public bool HasEnded => !IsLive && !Active;
}
