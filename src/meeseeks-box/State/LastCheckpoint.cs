namespace MeeseeksBox.Agent.State;

/// <summary>What the last checkpoint has cost, and so when the next one may follow (docs/SPECIFICATION.md#state-file).</summary>
/// <remarks>A checkpoint writes all jobs. Their number must not decide on its cost, but what happens to them.</remarks>
/// <param name="Length">The length of the state file, in bytes.</param>
/// <param name="Duration">How long the write took.</param>
internal readonly record struct LastCheckpoint(long Length, TimeSpan Duration)
{
    /// <summary>The length in bytes up to which a file is written at each interval.</summary>
    public const long Small = 4 * 1024 * 1024;

    // A write takes at most a tenth of the time, and at most four times the bytes of the journal.
    private const int TimesDuration = 10;
    private const int PartOfLength = 4;

    /// <summary>True when the next checkpoint may be written.</summary>
    /// <param name="since">The time since the end of the last one.</param>
    /// <param name="journal">The length of the journal since then, in bytes; null without a journal.</param>
    public bool AllowsNext(TimeSpan since, long? journal) =>
        Length <= Small || (since >= Duration * TimesDuration && (journal is null || journal >= Length / PartOfLength));
}
