using MeeseeksBox.Agent.State;
using MeeseeksBox.Core.Queries;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Agent.Requests;

/// <summary>The jobs that a request acts on.</summary>
internal static class SelectedJobs
{
    /// <summary>The ids of the jobs that a filter selects.</summary>
    /// <remarks>
    /// An empty filter matches every job in get and ls. Here it matches none, for safety. So does one that only demands that attributes are
    /// not set, which hold for almost every job: a script writes it when its variable is empty.
    /// </remarks>
    /// <param name="filter">The filter, or a list of ids.</param>
    /// <param name="host">The jobs.</param>
    /// <param name="isMeant">A further condition for jobs that were not named.</param>
    public static IEnumerable<string> Of(JobFilter filter, CoreHost host, Func<Job, bool>? isMeant = null) => filter switch
    {
        { IsEmpty: true } or { DemandsNoValue: true } => [],
        { Ids: { } named, HasConditions: false } => named,
        _ => host.Select(new JobQuery(filter, IncludesUnassigned: false)).Jobs
            .Where(job => isMeant?.Invoke(job) is not false).Select(job => job.Id),
    };
}
