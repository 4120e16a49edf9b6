namespace MeeseeksBox.Simulation.Checks;

/// <summary>What is known from outside of one job: all that happened to it anywhere.</summary>
internal sealed class JobStory(string id)
{
    public string Id => id;

    /// <summary>Why it may be lost; null when it may not.</summary>
    public string? Lost { get; set; }

    /// <summary>Every start.</summary>
    public List<Start> Starts { get; } = [];

    /// <summary>Every line of any history.</summary>
    public List<HistoryLine> Endings { get; } = [];

    /// <summary>The kills that were taken on, without those that a crash has lost.</summary>
    public List<Kill> Kills { get; } = [];

    /// <summary>How often it was accepted that it is to run again after its end, by hand.</summary>
    public int Restarts { get; set; }

    /// <summary>When each box last let it go, as one that had ended long ago.</summary>
    public Dictionary<string, double> Forgotten { get; } = [];

    /// <summary>True when it was ended for the last time, somewhere.</summary>
    public bool HasEnded { get; set; }

    /// <summary>A process that was started.</summary>
    public sealed record Start(double Time, string Box, int Life, int Epoch, int Count);

    /// <summary>A line of a history.</summary>
    public sealed record HistoryLine(double Time, string Box, int Life, Protocol.Jobs.Job Job);

    /// <summary>A kill that was accepted.</summary>
    public sealed record Kill(double Time, string Box, int Epoch);
}
