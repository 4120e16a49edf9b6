using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Replication;

/// <summary>Merges the specs of two copies: the one with the later stamp replaces the other, but a job stays in its pool.</summary>
internal static class SpecMerge
{
    private static readonly JobAttribute[] Attributes =
        [.. JobAttributes.All.Where(attribute => attribute.Role is JobAttributeRole.Spec && attribute.Name is not "pool")];

    /// <summary>A job with the spec of another copy.</summary>
    public static Job WithSpecOf(Job job, Job from) => job with
    {
        Spec = from.Spec.Pool == job.Spec.Pool ? from.Spec : from.Spec with { Pool = job.Spec.Pool },
    };

    /// <summary>True when two copies have the same spec.</summary>
    public static bool AreSame(Job one, Job other) =>
        ReferenceEquals(one.Spec, other.Spec) || Array.TrueForAll(Attributes, attribute => attribute.IsSame(one, other));
}
