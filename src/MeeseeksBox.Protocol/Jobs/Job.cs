using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MeeseeksBox.Protocol.Jobs;

/// <summary>An immutable snapshot of a job: its spec and its status.</summary>
/// <remarks>
/// On the wire, a job is one flat object. <see cref="JobAttributes"/> has the name of each attribute and the forms that it accepts. A
/// sample: <c>{"id":"ok","pool":"p1","args":["/bin/echo","hello"],"node":"node1","submit_node":"head1","state":"done","rc":0,…}</c>.
/// Times are in seconds since 1970, spans in seconds (docs/SPECIFICATION.md#status-attributes).
/// </remarks>
[JsonConverter(typeof(JobConverter))]
public sealed record Job
{
    /// <summary>The id, unique in the cluster.</summary>
    public required string Id { get; init; }

    /// <summary>What to run, and how: set by the submitter.</summary>
    public JobSpec Spec { get; init; } = JobSpec.Empty;

    /// <summary>Where the job is, and how far it has got: set by the nodes.</summary>
    public JobStatus Status { get; init; } = JobStatus.New;

    /// <summary>The stamp: the time of the last change, by the clock of its node.</summary>
    public double Ts { get; init; }

    /// <summary>The number of change, which is valid on this node only.</summary>
    public long Seq { get; init; }

    /// <summary>Attributes from plugins or other versions, which are stored, sent on and shown; null for none.</summary>
    public ImmutableSortedDictionary<string, JsonElement>? Extra { get; init; }

    /// <summary>The phase of the job.</summary>
    [JsonIgnore]
    public JobPhase Phase => Status.Phase;

    /// <summary>True while the job is new or running.</summary>
    [JsonIgnore]
    public bool IsLive => Status.State is JobState.New or JobState.Running;

    /// <summary>True when the job is done, failed or killed, and no pool holds it.</summary>
    [JsonIgnore]
    public bool HasEnded => !IsLive && !Status.Active;
}
