using System.Collections.Immutable;
using MeeseeksBox.Core.Scheduling;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Replication;

/// <summary>Merges the specs of two copies: of each attribute, the value that changed last is kept. A job stays in its pool.</summary>
/// <remarks>
/// So a change that a node has answered is not lost when the job goes on elsewhere meanwhile. Legacy nodes change attributes without a
/// stamp: those go by the stamps of the copies.
/// </remarks>
internal static class SpecMerge
{
    private static readonly ImmutableSortedDictionary<string, double> NoStamps =
        ImmutableSortedDictionary.Create<string, double>(StringComparer.Ordinal);

    private static readonly JobAttribute[] Attributes =
        [.. JobAttributes.All.Where(attribute => attribute.Role is JobAttributeRole.Spec && attribute.Name is not "pool")];

    /// <summary>The stamp of the latest change of a spec; 0 for a spec as it was submitted.</summary>
    public static double LatestStamp(JobSpec spec) => spec.ChangedAt?.Values.Max() ?? 0;

    /// <summary>A job in which the attributes that differ from a former one have the stamp of their change.</summary>
    /// <param name="changed">The job.</param>
    /// <param name="former">The former one.</param>
    /// <param name="ts">The stamp.</param>
    /// <param name="named">Further attributes with this stamp: another node may have changed what stayed the same here.</param>
    public static Job Stamped(Job changed, Job former, double ts, IReadOnlyList<JobAttribute>? named = null)
    {
        if (ReferenceEquals(changed.Spec, former.Spec) && named is null or [])
            return changed;

        var stamps = Later(changed.Spec.ChangedAt ?? NoStamps, former.Spec.ChangedAt ?? NoStamps);
        var attributes = Differences(changed, former).Concat((named ?? []).Where(one => Find(one.Name) is not null));
        return WithStamps(changed, stamps.SetItems(attributes.Select(one => KeyValuePair.Create(one.Name, ts))));
    }

    /// <summary>True when an attribute of a copy has changed after that of another copy, and to another value.</summary>
    public static bool HasLaterChange(Job copy, Job than) => copy.Spec.ChangedAt is { } stamps
        && Differences(copy, than).Any(one => stamps.TryGetValue(one.Name, out var ts) && ts > StampOf(than, one.Name));

    /// <summary>A job with the later value of each attribute of its spec; the job itself when that is its own spec.</summary>
    /// <param name="job">The copy whose status is kept.</param>
    /// <param name="other">The other copy.</param>
    public static Job Merged(Job job, Job other)
    {
        if (ReferenceEquals(job.Spec, other.Spec))
            return job;

        var isOther = other.Ts > job.Ts && other.Status.OrderedAt == job.Status.OrderedAt;
        var (merged, earlier) = isOther ? (WithSpecOf(job, other), job) : (job, other);
        if (earlier.Spec.ChangedAt is not { } changes)
            return merged;

        var stamps = Later(merged.Spec.ChangedAt ?? NoStamps, changes);
        foreach (var attribute in Differences(earlier, merged))
        {
            var isLater = changes.TryGetValue(attribute.Name, out var ts) && ts > StampOf(merged, attribute.Name);
            if (isLater && !(job.HasEnded && RunSpec.Has(attribute)))
                merged = attribute.Copy(earlier, merged);
        }

        return WithStamps(merged, stamps);
    }

    /// <summary>A job with those attributes of its spec alone that have changed since the submit; without a pool, as its mark.</summary>
    /// <param name="job">The job.</param>
    /// <param name="isAccepted">Tells whether the job with one more attribute is accepted; the attribute is left out otherwise.</param>
    public static Job ChangesOnly(Job job, Func<Job, bool> isAccepted)
    {
        var copy = job with { Spec = JobSpec.Empty };
        foreach (var (name, ts) in job.Spec.ChangedAt ?? NoStamps)
        {
            if (Find(name) is { } attribute
                && WithStamps(attribute.Copy(job, copy), (copy.Spec.ChangedAt ?? NoStamps).SetItem(name, ts)) is var more
                && isAccepted(more))
            {
                copy = more;
            }
        }

        return copy;
    }

    /// <summary>True when a copy of a job has all changes of its spec, with or without the rest of it.</summary>
    public static bool HasAllChanges(Job copy, Job job) =>
        copy.Spec.Pool.Length > 0 || (copy.Spec.ChangedAt ?? NoStamps).Count == (job.Spec.ChangedAt ?? NoStamps).Count;

    /// <summary>A copy of <see cref="ChangesOnly"/> with the rest of the spec from another copy; any other one as it is.</summary>
    public static Job Completed(Job copy, Job from)
    {
        if (copy.Spec.Pool.Length > 0)
            return copy;

        var completed = copy with { Spec = from.Spec };
        foreach (var (name, _) in copy.Spec.ChangedAt ?? NoStamps)
            completed = Find(name)?.Copy(copy, completed) ?? completed;

        return WithStamps(completed, Later(from.Spec.ChangedAt ?? NoStamps, copy.Spec.ChangedAt ?? NoStamps));
    }

    /// <summary>A job with the spec of another copy.</summary>
    /// <remarks>
    /// A suspension is a part of the spec, but only of the run that it was meant for. An ended job keeps what it ran with.
    /// </remarks>
    public static Job WithSpecOf(Job job, Job from)
    {
        var merged = job with
        {
            Spec = from.Spec.Pool == job.Spec.Pool ? from.Spec : from.Spec with { Pool = job.Spec.Pool },
        };
        merged = job.HasEnded ? RunSpec.AsRun(merged, job) : merged;
        return merged.Spec.Suspended == job.Spec.Suspended || Suspension.Holds(from, job)
            ? merged
            : Suspension.Set(merged, job.Spec.Suspended);
    }

    /// <summary>True when two copies have the same spec.</summary>
    public static bool AreSame(Job one, Job other) => ReferenceEquals(one.Spec, other.Spec) || !Differences(one, other).Any();

    private static IEnumerable<JobAttribute> Differences(Job one, Job other)
    {
        var differences = Attributes.Where(attribute => !attribute.IsSame(one, other));
        return Suspension.Holds(one, other) && one.Spec.Suspended is true != other.Spec.Suspended is true
            ? differences.Append(JobAttributes.SuspendedAttribute)
            : differences;
    }

    private static JobAttribute? Find(string name) =>
        name is JobAttributes.Suspended ? JobAttributes.SuspendedAttribute : Array.Find(Attributes, attribute => attribute.Name == name);

    // A change before the submit was one of another job with the same id.
    private static double StampOf(Job job, string name) =>
        job.Spec.ChangedAt?.TryGetValue(name, out var ts) is true ? ts : job.Status.SubmitTs;

    private static ImmutableSortedDictionary<string, double> Later(
        ImmutableSortedDictionary<string, double> one, ImmutableSortedDictionary<string, double> other) =>
        one.SetItems(other.Where(stamp => !(one.TryGetValue(stamp.Key, out var ts) && ts >= stamp.Value)));

    private static Job WithStamps(Job job, ImmutableSortedDictionary<string, double> stamps) =>
        stamps.IsEmpty || ReferenceEquals(stamps, job.Spec.ChangedAt) ? job : job with { Spec = job.Spec with { ChangedAt = stamps } };
}
