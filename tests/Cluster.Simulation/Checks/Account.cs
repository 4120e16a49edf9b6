using MeeseeksBox.Core.Replication;
using MeeseeksBox.Core.Runs;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Simulation.Boxes;

namespace MeeseeksBox.Simulation.Checks;

/// <summary>Records all events, and checks those that can be checked at once.</summary>
internal sealed class Account(World world, bool isChecked)
{
    // Quotes and a colon for each job; the requests beside the jobs are shorter than the difference.
    private const int LineRest = 4;

    private readonly Dictionary<string, JobStory> _stories = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Dictionary<string, Job>> _known = new(StringComparer.Ordinal);
    private readonly List<(double Time, string Box)> _ends = [];
    private readonly List<string> _violations = [];
    private readonly Dictionary<Run, int> _awaited = [];

    public IReadOnlyCollection<JobStory> Stories => _stories.Values;

    /// <summary>The violations, a sentence each.</summary>
    public IReadOnlyList<string> Violations => _violations;

    /// <summary>The number of changes that boxes made, each of which must reach others.</summary>
    public long Changes { get; private set; }

    /// <summary>The number of copies that a box accepted.</summary>
    public long Taken { get; private set; }

    /// <summary>The number of copies that new connections and look-ups by id may have sent again.</summary>
    public long Resent { get; private set; }

    public JobStory Story(string id)
    {
        if (!_stories.TryGetValue(id, out var story))
        {
            story = new JobStory(id);
            _stories.Add(id, story);
        }

        return story;
    }

    public void Report(string violation)
    {
        world.Log($"violation: {violation}");
        _violations.Add(violation);
    }

    /// <summary>Records and checks the changes of one call of a core.</summary>
    /// <param name="box">The box of the core.</param>
    /// <param name="turn">The reason of the call.</param>
    /// <param name="since">The number of change before the call.</param>
    /// <param name="came">The copies that were merged.</param>
    public void NoteTurn(Box box, Turn turn, long since, IReadOnlyList<Job> came)
    {
        if (!isChecked)
            return;

        var known = Known(box);
        foreach (var job in box.Core.ChangesSince(since, unassigned: true))
        {
            _ = known.TryGetValue(job.Id, out var before);
            known[job.Id] = job;
            if (world.Journal.IsKept)
                world.Log($"  {box.Name} {turn}: {Show(job)}");

            if (turn is Turn.Merge)
            {
                // A copy that the box has combined or corrected has a new stamp, and is a change that must reach others.
                var isTaken = came.Any(copy => copy.Id == job.Id && copy.Ts == job.Ts);
                Taken += isTaken ? 1 : 0;
                Changes += isTaken ? 0 : 1;
                if (!isTaken)
                    Story(job.Id).NoteAnswer(box.Name);
            }
            else if (turn is not Turn.Load)
            {
                Changes++;
                Story(job.Id).Changes++;
                CheckBooking(box, before, job);
            }
        }

        foreach (var ending in box.Core.Effects.EndedJobs)
            NoteHistory(box, ending);

        if (known.Count > box.Core.Count)
            NoteForgotten(box, known);
    }

    public void NoteTaken(Box box, Run run)
    {
        if (!isChecked)
            return;

        var slots = box.Core.Settings.Pool(run.Job.Spec.Pool)!.Slots;
        var taken = box.Core.Runs.Count(other => other.Job.Spec.Pool == run.Job.Spec.Pool);
        if (slots > 0 && taken > slots)
            Report($"{box.Name} runs {taken} jobs in {run.Job.Spec.Pool}, which has {slots} slots");
    }

    public void NoteStarted(Box box, Run run)
    {
        if (!isChecked || box.Core.Find(run.Job.Id) is not { } job || run.Stop is StopReason.Superseded)
            return;

        var story = Story(job.Id);
        var status = job.Status;
        var start = new JobStory.Start(world.Agenda.Now, box.Name, box.Instance, status.Epoch, status.OrderedAt, status.StartCount);
        if (Reason(story, start) is { } reason)
            Report($"{job.Id} was started on {box.Name} though {reason}");

        story.Starts.Add(start);
    }

    /// <summary>Checks that the end of a run adds one line to the history of its box, unless the job has been superseded.</summary>
    public void NoteEnding(Box box, Run run)
    {
        if (isChecked && run.Stop is not StopReason.Superseded and not StopReason.Shutdown and not StopReason.PoolRemoved)
        {
            var (story, instance) = (Story(run.Job.Id), box.Instance);
            _awaited[run] = story.Lines(box.Name, instance);
            world.Agenda.In(0, () =>
            {
                var now = story.Lines(box.Name, instance);
                if (_awaited.Remove(run, out var before) && now != before + 1 && run.Stop is not StopReason.Superseded)
                    Report($"{box.Name} has added {now - before} lines of history for the end of a run of {run.Job.Id}");
            });
        }
    }

    public void NoteKilled(Box box, Job killed)
    {
        if (killed.Status.State is JobState.Killed && (killed.Status.Active || killed.Status.Node == box.Name))
            Story(killed.Id).Kills.Add(new(world.Agenda.Now, box.Name, killed.Status.KilledAt));
        else
            Story(killed.Id).HasUnconfirmedKill = true;
    }

    /// <summary>Checks that a line is no longer than its receiver accepts.</summary>
    public void NoteLine(string from, string to, IReadOnlyList<Job> jobs)
    {
        if (isChecked && jobs.Count > 0 && world.Boxes[to].Plan is { IsOld: false, Settings.MaxRequest: { } most }
            && jobs.Sum(job => JobAttributes.LineOf(job).Length + job.Id.Length + LineRest) is var length && length > most)
        {
            Report($"{from} sends {to} a line of {length} bytes, which accepts {most}");
        }
    }

    public void NoteSpecChange(Box box, string id, string? tag) => Story(id).SpecChanges.Add(new(world.Agenda.Now, box.Name, tag));

    public void NoteUp(Box box, string peer)
    {
        world.Log($"{box.Name}→{peer} up");
        Resent += box.Core.Count + world.Boxes[peer].Jobs.Count();
    }

    /// <summary>Records a reply of a refused peer, which is not merged.</summary>
    public void NoteRefused(PeerReply? reply) => Resent += reply?.Jobs?.Count ?? 0;

    /// <summary>Records a reply to a look-up by ids. A head looks up the live jobs of a legacy node every few seconds.</summary>
    public void NoteLookup(PeerMessage message, PeerReply reply) => Resent += message.JobIds is null ? 0 : reply.Jobs?.Count ?? 0;

    public void NoteSent(string from, string to, IReadOnlyList<Job> jobs)
    {
        if (world.Journal.IsKept)
            world.Log($"{from}→{to}: {string.Join(' ', jobs.Select(job => job.Id))}");
    }

    /// <summary>Records a crash: unsaved jobs that no other box has may be lost.</summary>
    public void NoteCrash(Box box, Job[] jobs)
    {
        var saved = box.Saved.ToDictionary(job => job.Id);
        foreach (var job in jobs)
        {
            var elsewhere = world.Boxes.Values.Where(other => other != box)
                .SelectMany(other => other.Jobs).Where(copy => copy.Id == job.Id).ToArray();
            var story = Story(job.Id);
            if (elsewhere is [] && !saved.ContainsKey(job.Id))
                story.Lost ??= $"no box but {box.Name} had it when it crashed";

            // The job continues from an earlier saved copy, before it was started or assigned.
            story.IsSetBack |= saved.TryGetValue(job.Id, out var before) && before.Seq != job.Seq && !before.HasEnded;

            // A kill that no other box has received is lost with the box.
            if (!elsewhere.Append(saved.GetValueOrDefault(job.Id)).Any(copy => copy is { Status.State: JobState.Killed }))
                _ = story.Kills.RemoveAll(kill => kill.Box == box.Name);
        }
    }

    /// <summary>Records the end of an instance of a box.</summary>
    public void NoteEnd(Box box)
    {
        _ends.Add((world.Agenda.Now, box.Name));
        _ = _known.Remove(box.Name);
    }

    /// <summary>True when an instance of any box has ended.</summary>
    public bool HasAnyEnded => _ends.Count > 0;

    /// <summary>True when an instance of the box ended at or after a time.</summary>
    public bool EndedSince(string box, double time) => _ends.Any(end => end.Box == box && end.Time >= time);

    public static string Show(Job job)
    {
        var status = job.Status;
        return $"{job.Id} e{status.Epoch} {status.State}{(status.Active ? " active" : "")} @{status.Node ?? "-"} "
            + $"from {status.SubmitNode ?? "-"} starts={status.StartCount} fails={status.FailCount} rc={status.Rc} ts={job.Ts:R} "
            + $"end={status.EndTs:R} [{string.Join(',', job.Spec.Tags)}] {status.Error}";
    }

    private Dictionary<string, Job> Known(Box box)
    {
        if (!_known.TryGetValue(box.Name, out var known))
        {
            known = new(StringComparer.Ordinal);
            _known.Add(box.Name, known);
        }

        return known;
    }

    private void NoteHistory(Box box, Job ending)
    {
        var story = Story(ending.Id);
        if (world.Journal.IsKept)
            world.Log($"  {box.Name} history: {Show(ending)}");

        if (!story.NoteEnd(world.Agenda.Now, box.Name, box.Instance, ending) && ending.Status.Node == box.Name
            && !story.HasUnconfirmedKill)
        {
            Report($"{box.Name} has the end of {ending.Id} in its history twice: {Show(ending)}");
        }
    }

    private void NoteForgotten(Box box, Dictionary<string, Job> known)
    {
        foreach (var gone in known.Values.Where(job => box.Core.Find(job.Id) is null).ToArray())
        {
            _ = known.Remove(gone.Id);
            world.Log($"  {box.Name} removes {gone.Id}");
            Story(gone.Id).Removals[box.Name] = world.Agenda.Now;
            if (!gone.HasEnded)
                Report($"{box.Name} has removed {gone.Id}, which had not ended");

            // No box has confirmed the kill, and perhaps none has received it.
            if (gone.Status is { State: JobState.Killed, Error: "expired" })
                _ = Story(gone.Id).Kills.RemoveAll(kill => kill.Box == box.Name && kill.At > gone.Status.OrderedAt);
        }
    }

    // A burst of submissions is not overbooked (docs/SPECIFICATION.md#free-slots), apart from long jobs, which few nodes accept.
    private void CheckBooking(Box box, Job? before, Job job)
    {
        if (before is not { Status.Node: null }
            || before.Status.Epoch != job.Status.Epoch
            || job.Status.Node is not { } node
            || job.Spec.Args is [_, _, _, { Length: > 0 }]
            || box.Core.Settings.WaitInPool)
        {
            return;
        }

        var slots = node == box.Name ? box.Core.Settings.Pools.GetValueOrDefault(job.Spec.Pool)?.Slots
            : box.Core.Nodes.Find(node)?.Status.Pools.GetValueOrDefault(job.Spec.Pool).Limit ?? 0;
        var live = box.Core.Snapshot().Count(other => other.Status.Node == node && other.Spec.Pool == job.Spec.Pool && !other.HasEnded);
        if (slots > 0 && live > slots)
            Report($"{box.Name} has assigned {live} jobs to {node}, which has {slots} slots");
    }

    // The reason why a start is one too many; null when it is valid.
    private string? Reason(JobStory story, JobStory.Start start)
    {
        if (story.Starts.Count is 0)
            return null;

        var last = story.Starts[^1];
        return story.WasFreedSince(last.Time) || story.HasExpired || story.IsSetBack || EndedSince(last.Box, last.Time)
            || (story.Removals.TryGetValue(start.Box, out var removal) && EndedSince(start.Box, removal))
            || (start.Epoch > last.Epoch && story.Opened >= start.Epoch)
            || (start.OrderedAt > last.OrderedAt && story.IsRestarted) ? null
            : $"it had started on {last.Box}, and no event since then allows another run";
    }
}
