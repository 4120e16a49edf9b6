using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Scheduling;

/// <summary>The limits of a client that may not do everything (docs/SPECIFICATION.md#roles).</summary>
/// <param name="Refusal">Why the client may not change or have a job; null when it may.</param>
/// <param name="Uid">The <c>uid</c> of its new jobs; null to leave them as they are.</param>
/// <param name="Gid">The <c>gid</c> of its new jobs.</param>
/// <param name="ReportsStatus">Whether its copies of jobs tell their status, as those of a node do.</param>
public sealed record Submitter(Func<Job, string?> Refusal, string? Uid, string? Gid, bool ReportsStatus = false)
{
    /// <summary>True when its jobs run as one user, whatever a spec says.</summary>
    public bool HasOneUser => Uid is not null;

    /// <summary>A spec without the attributes that the client cannot choose.</summary>
    internal SubmitArgument Limit(SubmitArgument spec) => !HasOneUser ? spec : spec with
    {
        Keys = [.. spec.Keys.Where(attribute => attribute.Name is not ("uid" or "gid"))],
    };

    /// <summary>A new job of the client.</summary>
    internal Job Stamp(Job job) => !HasOneUser ? job : job with { Spec = job.Spec with { Uid = Uid, Gid = Gid } };
}
