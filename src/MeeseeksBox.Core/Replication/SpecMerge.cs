using MeeseeksBox.Core.Scheduling;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Replication;

/// <summary>Merges the specs of two copies: the one with the later stamp replaces the other, but a job stays in its pool.</summary>
internal static class SpecMerge
{
    private static readonly JobAttribute[] Attributes =
        [.. JobAttributes.All.Where(attribute => attribute.Role is JobAttributeRole.Spec && attribute.Name is not "pool")];

    /// <summary>A job with the spec of another copy.</summary>
    /// <remarks>A suspension is a part of the spec, but only of the run that it was meant for.</remarks>
    public static Job WithSpecOf(Job job, Job from)
    {
        var merged = job with
        {
            Spec = from.Spec.Pool == job.Spec.Pool ? from.Spec : from.Spec with { Pool = job.Spec.Pool },
        };
        return merged.Spec.Suspended == job.Spec.Suspended || Suspension.Holds(from, job)
            ? merged
            : Suspension.Set(merged, job.Spec.Suspended);
    }

    /// <summary>True when two copies have the same spec.</summary>
    public static bool AreSame(Job one, Job other) => ReferenceEquals(one.Spec, other.Spec)
        || (Array.TrueForAll(Attributes, attribute => attribute.IsSame(one, other))
            && (!Suspension.Holds(one, other) || one.Spec.Suspended is true == other.Spec.Suspended is true));
}
