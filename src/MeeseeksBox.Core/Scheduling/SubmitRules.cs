using MeeseeksBox.Core.Jobs;
using MeeseeksBox.Core.Settings;
using MeeseeksBox.Foundation.Text;
using MeeseeksBox.Protocol;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Nodes;

namespace MeeseeksBox.Core.Scheduling;

/// <summary>Makes and changes jobs (docs/SPECIFICATION.md#submit).</summary>
internal sealed class SubmitRules(NodeCoreState state, KillRules killRules, RunLifecycle runLifecycle)
{
    private static readonly string[] SpecKeys =
    [
        "id", "node", "state", "tag",
        .. JobAttributes.All.Where(attribute => attribute.Role is JobAttributeRole.Spec).Select(attribute => attribute.Name),
    ];

    /// <summary>Carries out a submit, or rejects it as a whole.</summary>
    /// <param name="spec">The argument of the submit.</param>
    /// <param name="submitter">The limits of the client; null without limits.</param>
    /// <param name="now">The time.</param>
    /// <param name="onlyNew">Whether a known job stays as it is.</param>
    public SubmitResult Submit(SubmitArgument spec, Submitter? submitter, Instant now, bool onlyNew = false)
    {
        spec = submitter?.Limit(spec) ?? spec;
        List<string> warnings = spec.Unknown is [] ? [] : [.. spec.Unknown.Select(Unknown)];
        var id = spec.Id ?? JobId.Create(now, state.Random);
        if (state.IsClosed)
            return Refused(id, $"{state.Settings.Name} is stopping and takes no new work", warnings) with { Code = ErrorCode.Stopping };

        if (spec.Problem is not null)
            return Refused(id, spec.Problem, warnings);

        var (nodes, problem) = TargetNodes(spec, id);
        if (problem is not null)
            return Refused(id, problem, warnings);

        if (spec.Values.Spec.Pool is not NodeSettings.ConfigPool)
            warnings.AddRange(ConfigWarnings.Of(spec.Values.Spec.Config));

        var plans = new List<PlannedChange>(nodes.Count);
        foreach (var node in nodes)
        {
            var one = nodes.Count is 1 ? id : spec.Id is null ? JobId.Create(now, state.Random) : $"{id}.{node}";
            if (state.Jobs.TryFind(one, out var entry) && submitter?.Refusal(entry.Job) is { } refusal)
                return Refused(id, refusal, warnings) with { Code = ErrorCode.Forbidden };

            if (entry is not null && onlyNew)
            {
                plans.Add(new PlannedChange(entry, entry.Job, Kill: false, Problem: null, IsKept: true));
                continue;
            }

            var plan = entry is not null
                ? PlanChange(entry, spec, node, warnings, now)
                : PlanNew(one, spec, submitter, node, now);
            if ((plan.Problem ?? FindError(plan.Job)) is { } fault)
                return Refused(id, fault, warnings);
            if (submitter?.Refusal(plan.Job) is { } reason)
                return Refused(id, reason, warnings) with { Code = ErrorCode.Forbidden };

            if (plan is { Job.Status.State: JobState.New, Kill: false } && WaitOf(plan.Job) is { } wait)
                warnings.Add(wait);

            if (plan.Job is { IsLive: true, Status.Node: { } target }
                && JobLine.Exceeds(plan.Job, state.Nodes.Find(target)?.Status.MaxRequest))
            {
                warnings.Add($"node: {JobLine.Problem(target, plan.Job)}");
            }

            var status = plan.Job.Status;
            status = nodes.Count > 1 && IsList(spec) ? status with { Nodes = [.. nodes!] } : status;
            plans.Add(plan with { Job = plan.Job with { Status = status } });
        }

        var jobs = new KeyValuePair<string, Job?>[plans.Count];
        for (var i = 0; i < jobs.Length; i++)
            jobs[i] = Execute(plans[i], now);

        return new SubmitResult(jobs, null, warnings);
    }

    /// <summary>Accepts a new job that a legacy client made in its own table. A job that cannot run fails, with the reason.</summary>
    /// <param name="remote">The job, as the client sent it.</param>
    /// <param name="known">The ended job with the same id, to be replaced; null when there is none.</param>
    /// <param name="now">The time.</param>
    /// <returns>The job; null when this node is stopping.</returns>
    public JobEntry? Adopt(Job remote, JobEntry? known, Instant now)
    {
        if (state.IsClosed)
            return null;

        var job = remote with
        {
            Status = remote.Status with
            {
                SubmitNode = remote.Status.SubmitNode ?? state.Settings.Name,
                Active = state.Jobs.IsHere(remote),
                Pid = null,
                Epoch = known?.Job.Status.Epoch ?? remote.Status.Epoch,
                RestartedAt = known?.Job.Status.RestartedAt ?? remote.Status.RestartedAt,
                KilledAt = known?.Job.Status.KilledAt ?? remote.Status.KilledAt,
                SubmitTs = remote.Status.SubmitTs > 0 ? remote.Status.SubmitTs : now.Wall,
            },
            Ts = remote.Ts > 0 ? remote.Ts : now.Wall,
        };
        if (known is not null)
        {
            known.NotBefore = 0;
            known.IsEndRecorded = false;
        }

        var entry = state.Jobs.Upsert(job, now);
        if (FindError(job) is { } fault)
            state.FailUnstarted(entry, fault, now);

        return entry;
    }

    private static SubmitResult Refused(string id, string problem, List<string> warnings) => new([new(id, null)], problem, warnings);

    private static string Unknown(string key) => $"{key}: not something that submit takes, ignored{DidYouMean.Of(key, SpecKeys)}";

    private static bool IsList(SubmitArgument spec) => spec.Nodes!.All(name => !name.EndsWith('*'));

    // One element for each job to make; null for a job that is placed by the cluster.
    private (IReadOnlyList<string?> Nodes, string? Problem) TargetNodes(SubmitArgument spec, string id)
    {
        if (spec.Nodes is null or [])
            return ([null], null);

        var pool = spec.Values.Spec.Pool.Length > 0 ? spec.Values.Spec.Pool
            : state.Jobs.TryFind(id, out var entry) ? entry.Job.Spec.Pool
            : "";
        var nodes = new List<string?>();
        foreach (var name in spec.Nodes)
        {
            if (!name.EndsWith('*'))
            {
                nodes.Add(name);
                continue;
            }

            var matching = NodesWith(pool).Where(node => node.StartsWith(name[..^1], StringComparison.Ordinal)).ToArray();
            if (matching is [])
                return ([], $"node: no node that matches '{name}' has a pool '{pool}' now");

            nodes.AddRange(matching);
        }

        return ([.. nodes.Distinct()], null);
    }

    // Why no slot can become free for a job as things are; null when one can. The submit named the node if it is the submit node, too.
    private string? WaitOf(Job job)
    {
        var pool = job.Spec.Pool;
        if (job.Status.Node is not { } node || node != job.Status.SubmitNode)
            return WaitOfPool(pool);

        var known = state.Nodes.Find(node);
        if (node != state.Settings.Name && known is null)
            return $"node: no node '{node}' is known; the job waits for it";
        if (node != state.Settings.Name && !known!.Status.Online)
            return $"node: node '{node}' is offline now; the job waits for it";
        if (pool is NodeSettings.ConfigPool)
            return null;

        var slots = node == state.Settings.Name ? state.Settings.Pool(pool)?.Offer
            : known!.Status.Pools.TryGetValue(pool, out var count) ? count
            : default(SlotCount?);
        return slots is null ? $"node: node '{node}' has no pool '{pool}' now; the job waits for it"
            : slots.Value.IsDraining ? $"node: pool '{pool}' of node '{node}' is draining now; the job waits for it"
            : null;
    }

    private string? WaitOfPool(string pool)
    {
        var (own, others) = (state.Settings.Pool(pool), state.Nodes.WithPool(pool));
        return own is null && others.Count is 0 ? $"pool: no known node has a pool '{pool}'; the job waits for one"
            : own is { Offer.IsDraining: false } || others.Any(node => !node.Status.Pools[pool].IsDraining) ? null
            : $"pool: pool '{pool}' is draining on all nodes now; the job waits for it";
    }

    private IEnumerable<string> NodesWith(string pool)
    {
        IEnumerable<string> others = pool is NodeSettings.ConfigPool
            ? state.Nodes.All.Where(node => node.Status.Online).Select(node => node.Name)
            : state.Nodes.WithPool(pool).Select(node => node.Name);
        return (state.Settings.Pool(pool) is null ? others : others.Append(state.Settings.Name)).Order(StringComparer.Ordinal);
    }

    private PlannedChange PlanNew(string id, SubmitArgument spec, Submitter? submitter, string? node, Instant now)
    {
        // Later than a former job with this id, whose end would be taken for that of this one.
        var submitTs = state.Jobs.Tombstones.Find(id) is { } former ? RestartPolicy.RequestTime(former.Status, now.Wall) : now.Wall;
        var status = new JobStatus { Node = node, SubmitNode = node ?? state.Settings.Name, SubmitTs = submitTs };

        // A new job has just the attributes of the submit, unless the client cannot choose all of them.
        var job = new Job { Id = id, Status = status, Ts = now.Wall };
        job = submitter is { HasOneUser: true } ? Apply(spec, job) : job with { Spec = spec.Values.Spec };
        var problem = job.Spec.Pool.Length is 0 ? $"pool: a new job needs one, and there is no job '{id}' to change" : null;
        return new(null, submitter?.Stamp(job) ?? job, false, problem);
    }

    private static PlannedChange PlanChange(
        JobEntry entry, SubmitArgument spec, string? node, List<string> warnings, Instant now)
    {
        var job = entry.Job;
        var word = JobStates.Word(job.Status.State);
        var keys = spec.Keys;
        if (!job.HasEnded)
        {
            if (spec.Nodes is not null && node != job.Status.Node)
                warnings.Add($"node: job '{job.Id}' is {word}; kill it and wait for active=false before it is moved");

            if (keys.Any(attribute => attribute.Name is "pool") && spec.Values.Spec.Pool != job.Spec.Pool)
                warnings.Add($"pool: job '{job.Id}' is {word}; its pool cannot change");

            keys = [.. keys.Where(attribute => attribute.Name is not "pool")];
        }

        keys = WithoutFixed(entry, spec, keys, warnings);
        var kill = false;
        var changed = Apply(spec with { Keys = keys }, job);
        NoteExisting(job, changed, spec, keys, warnings);
        switch (spec.State)
        {
            case null:
                break;
            case JobState.New when job.HasEnded:
                var restarted = RestartPolicy.RestartedManually(changed.Status, now.Wall);
                restarted = spec.Nodes is null ? restarted : restarted with { Node = node, SubmitNode = node, Nodes = null };
                changed = changed with { Status = restarted };
                break;
            case JobState.Killed when job.IsLive:
                kill = true;
                break;
            case JobState.New when !job.IsLive:
                warnings.Add($"state: job '{job.Id}' is still ending; wait for active=false before a restart");
                break;
            case { } requested when requested != job.Status.State:
                var allowed = job.IsLive ? "killed" : "new";
                warnings.Add(
                    $"state: job '{job.Id}' is {word}, which can only be set to {allowed}, not to {JobStates.Word(requested)}");
                break;
        }

        if (job.HasEnded && spec.State is not JobState.New && spec.Nodes is not null && node != job.Status.Node)
            warnings.Add($"node: job '{job.Id}' has ended; its node changes only together with state=new");

        return new(entry, changed, kill, null) { Named = keys };
    }

    // The record of a run tells what ran.
    private static List<JobAttribute> WithoutFixed(
        JobEntry entry, SubmitArgument spec, IReadOnlyList<JobAttribute> keys, List<string> warnings)
    {
        var job = entry.Job;
        var isRunning = entry.Run is not null || job.Status.State is JobState.Running || (!job.IsLive && !job.HasEnded);
        if (!isRunning && (job.IsLive || spec.State is JobState.New))
            return [.. keys];

        var changed = keys.Where(attribute => !attribute.IsSame(spec.Values, job)).ToList();
        warnings.AddRange(changed.Where(attribute => isRunning && RunSpec.IsLimit(attribute))
            .Select(attribute => $"{attribute.Name}: job '{job.Id}' is running; its {attribute.Name} changes with its next run"));
        var left = changed.Where(RunSpec.Has).ToList();
        warnings.AddRange(left.Select(attribute => isRunning
            ? $"{attribute.Name}: job '{job.Id}' is running; its {attribute.Name} cannot change before it has ended"
            : $"{attribute.Name}: job '{job.Id}' has ended; its {attribute.Name} changes only together with state=new"));
        return [.. keys.Except(left)];
    }

    // A submit with pool and args is meant to run something. A change names only the attributes that it changes.
    private static void NoteExisting(
        Job job, Job changed, SubmitArgument spec, IReadOnlyList<JobAttribute> keys, List<string> warnings)
    {
        if (spec.State is not null || spec.Keys.Count(attribute => attribute.Name is "args" or "pool") < 2)
            return;

        var word = JobStates.Word(job.Status.State);
        var names = string.Join(", ", keys.Where(attribute => !attribute.IsSame(job, changed)).Select(attribute => attribute.Name));
        if (job.HasEnded)
            warnings.Add($"id: job '{job.Id}' has ended ({word}) and does not run again; state=new runs it again");
        else if (names.Length > 0)
            warnings.Add($"id: job '{job.Id}' exists and is {word}; changed: {names}");
    }

    private static Job Apply(SubmitArgument spec, Job job)
    {
        foreach (var attribute in spec.Keys)
            job = attribute.Copy(spec.Values, job);

        return job;
    }

    private static string? FindError(Job job) => (job.Spec.Pool is NodeSettings.ConfigPool, job.Spec.Settings is null) switch
    {
        _ when job.Spec.Pool.Length is 0 => "pool: its name is empty",
        (true, true) => "args: a job in pool __config needs an object of settings",
        (true, false) when job.Status.Node is null => "node: missing; a job in pool __config must name the node to configure",
        (false, false) => "args: must be a list, the program and its arguments; an object is for pool __config",
        (false, true) when job.Spec.Args is [] => "args: missing; must be the program and its arguments, like [\"/bin/echo\",\"hello\"]",
        (false, true) when job.Spec.Args[0].Length is 0 => "args[0]: the name of the program is empty",
        (false, true) when job.Spec.Args.Any(word => word.Contains('\0')) => "args: an argument contains a NUL character; remove it",

        _ => null,
    };

    private KeyValuePair<string, Job?> Execute(PlannedChange plan, Instant now)
    {
        if (plan.IsKept)
            return new(plan.Job.Id, plan.Job);

        var status = plan.Job.Status;
        var isHere = state.Jobs.IsHere(plan.Job);
        JobEntry entry;
        if (plan.Entry is null)
        {
            entry = state.Jobs.Upsert(plan.Job with { Status = status with { Active = isHere } }, now);
        }
        else
        {
            var isActive = status.Active || (plan.Job.IsLive && isHere);
            plan.Entry.NotBefore = plan.Entry.Job.HasEnded ? 0 : plan.Entry.NotBefore;
            entry = state.ApplyLocal(plan.Entry, plan.Job with { Status = status with { Active = isActive } }, now, plan.Named);
            state.RecordEnd(entry);
        }

        if (entry.Run is { } run)
            runLifecycle.FollowSpec(run, entry.Job);

        entry = plan.Kill ? killRules.Kill(entry, now) : entry;
        return new(entry.Job.Id, entry.Job);
    }

    private sealed record PlannedChange(JobEntry? Entry, Job Job, bool Kill, string? Problem, bool IsKept = false)
    {
        // The attributes that the submit names.
        public IReadOnlyList<JobAttribute> Named { get; init; } = [];
    }
}
