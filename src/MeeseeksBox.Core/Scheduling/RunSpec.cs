using MeeseeksBox.Core.Settings;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Scheduling;

/// <summary>The part of a spec that a run starts with, and that does not change while it runs.</summary>
internal static class RunSpec
{
    private static readonly JobAttribute[] Attributes =
    [
        .. JobAttributes.All.Where(attribute => attribute.Name
            is "args" or "stdin" or "stdout" or "stderr" or "config" or "env" or "cwd" or "uid" or "gid"),
    ];

    /// <summary>True for an attribute of this part.</summary>
    public static bool Has(JobAttribute attribute) => Attributes.Contains(attribute);

    /// <summary>True for a limit, which may change while the job runs and holds from the next run on.</summary>
    public static bool IsLimit(JobAttribute attribute) => attribute.Name is "memory" or "cpus";

    /// <summary>True when a run of either job starts with the same.</summary>
    public static bool AreSame(Job one, Job other) =>
        ReferenceEquals(one.Spec, other.Spec) || Array.TrueForAll(Attributes, attribute => attribute.IsSame(one, other));

    /// <summary>A job as it ran: a copy of another node may have changed it meanwhile.</summary>
    /// <param name="job">The job at the end of a run.</param>
    /// <param name="started">The job at the start of the run.</param>
    public static Job AsRun(Job job, Job started)
    {
        // A job in __config ends with the configuration in force as its args.
        if (ReferenceEquals(job.Spec, started.Spec) || job.Spec.Pool is NodeSettings.ConfigPool)
            return job;

        return Attributes.Where(attribute => !attribute.IsSame(job, started))
            .Aggregate(job, (copy, attribute) => attribute.Copy(started, copy));
    }
}
