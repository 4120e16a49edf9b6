using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Simulation.Checks;

/// <summary>What is known from outside of one job: all that happened to it anywhere.</summary>
/// <remarks>Some jobs run thousands of times, so nothing here is found by looking at all that happened.</remarks>
internal sealed class JobStory(string id)
{
    private readonly Dictionary<(string Box, int Life), int> _lines = [];
    private readonly Dictionary<string, int> _answers = new(StringComparer.Ordinal);
    private readonly HashSet<(string Box, int Life, int Epoch, int Starts, int Fails, JobState State, double? EndTs)> _ends = [];
    private double _freed = double.NegativeInfinity;

    public string Id => id;

    /// <summary>Why it may be lost; null when it may not.</summary>
    public string? Lost { get; set; }

    /// <summary>Every start.</summary>
    public List<Start> Starts { get; } = [];

    /// <summary>The kills that were taken on, without those that a crash has lost.</summary>
    public List<Kill> Kills { get; } = [];

    /// <summary>How often it was accepted that it is to run again after its end, by hand.</summary>
    public int Restarts { get; set; }

    /// <summary>How often it was changed where something happened to it.</summary>
    public int Changes { get; set; }

    /// <summary>How often the box that did so most has answered a copy of it with one of its own.</summary>
    public int Answers => _answers.Values.DefaultIfEmpty().Max();

    /// <summary>True when a box that crashed came back with an earlier copy of it, which is alive.</summary>
    public bool IsSetBack { get; set; }

    /// <summary>True when somebody has taken it for lost.</summary>
    public bool HasExpired { get; private set; }

    /// <summary>The latest epoch that has begun by an end after which it is sent off anew.</summary>
    public int Opened { get; private set; }

    /// <summary>True when it was ended for the last time, somewhere.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>A box has put an end of it into its history.</summary>
    /// <returns>False when that life of the box has put the same end there before.</returns>
    public bool NoteEnd(double time, string box, int life, Job job)
    {
        _lines[(box, life)] = Lines(box, life) + 1;
        _freed = job.State is JobState.Failed || job.Restart is true || job.Resubmit is true ? time : _freed;
        Opened = job.State is JobState.Failed || job.Resubmit is true ? Math.Max(Opened, job.Epoch + 1) : Opened;
        HasExpired |= job.Error is "expired";
        HasEnded |= job.HasEnded;
        return _ends.Add((box, life, job.Epoch, job.StartCount, job.FailCount, job.State, job.EndTs));
    }

    /// <summary>A box has answered a copy that came with one of its own, which is neither that copy nor the one that it had.</summary>
    public void NoteAnswer(string box) => _answers[box] = _answers.GetValueOrDefault(box) + 1;

    /// <summary>How many ends of it a life of a box has put into its history.</summary>
    public int Lines(string box, int life) => _lines.GetValueOrDefault((box, life));

    /// <summary>True when it has ended since a time in a way after which it may run again by itself.</summary>
    public bool WasFreedSince(double time) => _freed >= time;

    /// <summary>A process that was started.</summary>
    public sealed record Start(double Time, string Box, int Life, int Epoch, int Count);

    /// <summary>A kill that was accepted.</summary>
    public sealed record Kill(double Time, string Box, int Epoch);
}
