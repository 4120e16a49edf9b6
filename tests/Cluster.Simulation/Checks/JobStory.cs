using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Simulation.Checks;

/// <summary>All events of one job on all boxes.</summary>
/// <remarks>Some jobs run thousands of times, so no member scans all events.</remarks>
internal sealed class JobStory(string id)
{
    private readonly Dictionary<(string Box, int Instance), int> _lines = [];
    private readonly Dictionary<string, int> _answers = new(StringComparer.Ordinal);
    private readonly HashSet<(string Box, int Instance, int Epoch, int Starts, int Fails, JobState State, double? EndTs)> _ends = [];
    private double _freed = double.NegativeInfinity;

    public string Id => id;

    /// <summary>The reason why the job may be lost; null when it may not.</summary>
    public string? Lost { get; set; }

    public List<Start> Starts { get; } = [];

    /// <summary>The accepted kills, without those that a crash has lost.</summary>
    public List<Kill> Kills { get; } = [];

    /// <summary>True when a box that does not know the node of the job has ended it at once. It may start all the same.</summary>
    public bool HasUnconfirmedKill { get; set; }

    /// <summary>The accepted changes of the spec. Of several, one may replace another.</summary>
    public List<Change> SpecChanges { get; } = [];

    /// <summary>True when a person has restarted it.</summary>
    public bool IsRestarted { get; set; }

    /// <summary>The number of changes, without those by a merge.</summary>
    public int Changes { get; set; }

    /// <summary>The number of answers to merged copies, of the box with the most.</summary>
    public int Answers => _answers.Values.DefaultIfEmpty().Max();

    /// <summary>True when a crashed box restored an earlier live copy.</summary>
    public bool IsSetBack { get; set; }

    /// <summary>When each box removed it from its table. Its tombstone does not outlive that instance of the box.</summary>
    public Dictionary<string, double> Removals { get; } = new(StringComparer.Ordinal);

    /// <summary>True when a box has presumed it lost.</summary>
    public bool HasExpired { get; private set; }

    /// <summary>The latest epoch that an end may have opened.</summary>
    public int Opened { get; private set; }

    /// <summary>True when a box has recorded a final end.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Records an end in the history of a box.</summary>
    /// <returns>False when the same instance of the box has recorded the same end before.</returns>
    public bool NoteEnd(double time, string box, int instance, Job job)
    {
        _lines[(box, instance)] = Lines(box, instance) + 1;
        _freed = job.Status.State is JobState.Failed || job.Spec.Restart is true || job.Spec.Resubmit is true ? time : _freed;
        Opened = job.Status.State is JobState.Failed || job.Spec.Resubmit is true ? Math.Max(Opened, job.Status.Epoch + 1) : Opened;
        HasExpired |= job.Status.Error is "expired";
        HasEnded |= job.HasEnded;
        var status = job.Status;
        return _ends.Add((box, instance, status.Epoch, status.StartCount, status.FailCount, status.State, status.EndTs));
    }

    /// <summary>Records that a box answered a merged copy with a new one.</summary>
    public void NoteAnswer(string box) => _answers[box] = _answers.GetValueOrDefault(box) + 1;

    /// <summary>The number of ends in the history of an instance of a box.</summary>
    public int Lines(string box, int instance) => _lines.GetValueOrDefault((box, instance));

    /// <summary>True when an end at or after a time allows another run.</summary>
    public bool WasFreedSince(double time) => _freed >= time;

    /// <summary>A process that was started.</summary>
    public sealed record Start(double Time, string Box, int Instance, int Epoch, double OrderedAt, int Count);

    /// <summary>A kill that was accepted. It holds for all runs but those that a person asks for later.</summary>
    public sealed record Kill(double Time, string Box, double At);

    /// <summary>A change of the spec that was accepted: of its tags to one, or of something else.</summary>
    public sealed record Change(double Time, string Box, string? Tag);
}
