using MeeseeksBox.Core.Replication;
using MeeseeksBox.Core.Scheduling;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Simulation.Boxes;

namespace MeeseeksBox.Simulation.Checks;

/// <summary>Takes note of all that happens, and checks at once what can be checked at once.</summary>
internal sealed class Account(World world, bool isChecked)
{
    private readonly Dictionary<string, JobStory> _stories = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Dictionary<string, Job>> _known = new(StringComparer.Ordinal);
    private readonly List<(double Time, string Box)> _ends = [];
    private readonly List<string> _violations = [];
    private readonly Dictionary<Run, int> _awaited = [];

    public IReadOnlyCollection<JobStory> Stories => _stories.Values;

    /// <summary>What went wrong, a sentence each.</summary>
    public IReadOnlyList<string> Violations => _violations;

    /// <summary>Changes that were made by a box itself, each of which must reach others.</summary>
    public long Changes { get; private set; }

    /// <summary>Copies that told a box something that it did not know.</summary>
    public long Taken { get; private set; }

    /// <summary>Copies that may have been sent because a connection began anew.</summary>
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

    public void Blame(string what)
    {
        world.Tell($"!!! {what}");
        _violations.Add(what);
    }

    /// <summary>A ledger was entered; what changed since a number is looked at.</summary>
    /// <param name="box">Whose.</param>
    /// <param name="turn">What for.</param>
    /// <param name="since">The number.</param>
    /// <param name="came">The copies that were taken in.</param>
    public void NoteTurn(Box box, Turn turn, long since, IReadOnlyList<Job> came)
    {
        if (!isChecked)
        {
            return;
        }

        var known = Known(box);
        foreach (var job in box.Core.ChangesSince(since, unassigned: true))
        {
            _ = known.TryGetValue(job.Id, out var before);
            known[job.Id] = job;
            if (world.Journal.IsKept)
            {
                world.Tell($"  {box.Name} {turn}: {Show(job)}");
            }

            if (turn is Turn.Merge)
            {
                // What is put together of two copies, or brought in step with what this box knows, has a stamp of its own, and others must hear of it.
                var isTaken = came.Any(copy => copy.Id == job.Id && copy.Ts == job.Ts);
                Taken += isTaken ? 1 : 0;
                Changes += isTaken ? 0 : 1;
                if (!isTaken)
                {
                    Story(job.Id).NoteAnswer(box.Name);
                }
            }
            else if (turn is not Turn.Load)
            {
                Changes++;
                Story(job.Id).Changes++;
                CheckBooking(box, before, job);
            }
        }

        foreach (var ending in box.Core.Effects.EndedJobs)
        {
            NoteHistory(box, ending);
        }

        if (known.Count > box.Core.Count)
        {
            NoteForgotten(box, known);
        }
    }

    public void NoteTaken(Box box, Run run)
    {
        if (!isChecked)
        {
            return;
        }

        var slots = box.Core.Settings.Pool(run.Job.Pool)!.Slots;
        var taken = box.Core.Runs.Count(other => other.Job.Pool == run.Job.Pool);
        if (slots > 0 && taken > slots)
        {
            Blame($"{box.Name} runs {taken} jobs at once in {run.Job.Pool}, which has {slots} slots");
        }
    }

    public void NoteStarted(Box box, Run run)
    {
        if (!isChecked || box.Core.Find(run.Job.Id) is not { } job || run.Stop is StopReason.Superseded)
        {
            return;
        }

        var story = Story(job.Id);
        var start = new JobStory.Start(world.Agenda.Now, box.Name, box.Life, job.Epoch, job.StartCount);
        if (Reason(story, start) is { } reason)
        {
            Blame($"{job.Id} was started on {box.Name} though {reason}");
        }

        story.Starts.Add(start);
    }

    /// <summary>A run is about to end: the history of its box must get one line of it, unless the job is not its any more.</summary>
    public void NoteEnding(Box box, Run run)
    {
        if (isChecked && run.Stop is not StopReason.Superseded and not StopReason.Shutdown and not StopReason.PoolRemoved)
        {
            var (story, life) = (Story(run.Job.Id), box.Life);
            _awaited[run] = story.Lines(box.Name, life);
            world.Agenda.In(0, () =>
            {
                var now = story.Lines(box.Name, life);
                if (_awaited.Remove(run, out var before) && now != before + 1 && run.Stop is not StopReason.Superseded)
                {
                    Blame($"{box.Name} has put down {now - before} lines of history for the end of a run of {run.Job.Id}");
                }
            });
        }
    }

    public void NoteKilled(Box box, Job killed)
    {
        if (killed.State is JobState.Killed && (killed.Active || killed.Node == box.Name))
        {
            Story(killed.Id).Kills.Add(new(world.Agenda.Now, box.Name, killed.Epoch));
        }
    }

    public void NoteUp(Box box, string peer)
    {
        world.Tell($"{box.Name}→{peer} up");
        Resent += box.Core.Count + world.Boxes[peer].Jobs.Count();
    }

    /// <summary>What a peer has told is not taken in, because it must not be linked with.</summary>
    public void NoteRefused(PeerReply? reply) => Resent += reply?.Jobs?.Count ?? 0;

    public void NoteSent(string from, string to, IReadOnlyList<Job> jobs)
    {
        if (world.Journal.IsKept)
        {
            world.Tell($"{from}→{to}: {string.Join(' ', jobs.Select(job => job.Id))}");
        }
    }

    /// <summary>A box has crashed: what it alone knew, and had not saved, may be lost.</summary>
    public void NoteCrash(Box box, Job[] jobs)
    {
        var saved = box.Saved.ToDictionary(job => job.Id);
        foreach (var job in jobs)
        {
            var elsewhere = world.Boxes.Values.Where(other => other != box).SelectMany(other => other.Jobs).Where(copy => copy.Id == job.Id).ToArray();
            var story = Story(job.Id);
            if (elsewhere is [] && !saved.ContainsKey(job.Id))
            {
                story.Lost ??= $"only {box.Name} knew it when it crashed";
            }

            // It goes on from an earlier moment, before it was started or sent off.
            story.IsSetBack |= saved.TryGetValue(job.Id, out var before) && before.Seq != job.Seq && !before.HasEnded;

            // A wish that nobody else has heard of goes with the box.
            if (!elsewhere.Append(saved.GetValueOrDefault(job.Id)).Any(copy => copy is { State: JobState.Killed }))
            {
                _ = story.Kills.RemoveAll(kill => kill.Box == box.Name);
            }
        }
    }

    /// <summary>A life of a box is over.</summary>
    public void NoteEnd(Box box)
    {
        _ends.Add((world.Agenda.Now, box.Name));
        _ = _known.Remove(box.Name);
    }

    /// <summary>True when a life of a box ended after a time.</summary>
    public bool EndedSince(string box, double time) => _ends.Any(end => end.Box == box && end.Time >= time);

    public static string Show(Job job) =>
        $"{job.Id} e{job.Epoch} {job.State}{(job.Active ? " active" : "")} @{job.Node ?? "-"} from {job.SubmitNode ?? "-"} starts={job.StartCount} fails={job.FailCount} rc={job.Rc} ts={job.Ts:R} end={job.EndTs:R} [{string.Join(',', job.Tags)}] {job.Error}";

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
        {
            world.Tell($"  {box.Name} history: {Show(ending)}");
        }

        if (!story.NoteEnd(world.Agenda.Now, box.Name, box.Life, ending) && ending.Node == box.Name)
        {
            Blame($"{box.Name} has put the end of {ending.Id} into its history twice: {Show(ending)}");
        }
    }

    private void NoteForgotten(Box box, Dictionary<string, Job> known)
    {
        foreach (var gone in known.Values.Where(job => box.Core.Find(job.Id) is null).ToArray())
        {
            _ = known.Remove(gone.Id);
            world.Tell($"  {box.Name} forgets {gone.Id}");
            if (!gone.HasEnded)
            {
                Blame($"{box.Name} has let {gone.Id} go, which had not ended");
            }

            // Nobody has answered the kill, and nobody may have heard of it.
            if (gone is { State: JobState.Killed, Error: "expired" })
            {
                _ = Story(gone.Id).Kills.RemoveAll(kill => kill.Box == box.Name && kill.Epoch == gone.Epoch);
            }
        }
    }

    // A burst of submissions is not overbooked (docs/SPECIFICATION.md#free-slots).
    private void CheckBooking(Box box, Job? before, Job job)
    {
        if (before is not { Node: null } || before.Epoch != job.Epoch || job.Node is not { } node || box.Core.Settings.WaitInPool)
        {
            return;
        }

        var slots = node == box.Name ? box.Core.Settings.Pools.GetValueOrDefault(job.Pool)?.Slots
            : box.Core.Nodes.Find(node)?.Status.Pools.GetValueOrDefault(job.Pool).Limit ?? 0;
        var live = box.Core.Snapshot().Count(other => other.Node == node && other.Pool == job.Pool && !other.HasEnded);
        if (slots > 0 && live > slots)
        {
            Blame($"{box.Name} has given {node} {live} jobs for its {slots} slots");
        }
    }

    // Why a start is one too many; null when it is in order.
    private string? Reason(JobStory story, JobStory.Start start)
    {
        if (story.Starts.Count is 0)
        {
            return null;
        }

        var last = story.Starts[^1];
        return story.WasFreedSince(last.Time) || story.HasExpired || story.IsSetBack || EndedSince(last.Box, last.Time)
            || (start.Epoch > last.Epoch && Math.Max(story.Restarts, story.Opened) >= start.Epoch) ? null
            : $"it was started on {last.Box} before, and nothing has happened since that lets it run again";
    }
}
