namespace MeeseeksBox.FileWatch.Rules;

/// <summary>No new file has come in time (docs/SPECIFICATION.md#late-files).</summary>
/// <param name="DueAt">When a file was due at the latest, in units of 100 ns since 1970. It identifies the alarm.</param>
/// <param name="Silence">The time without a new file.</param>
/// <param name="LastFile">The last file; null when there was none.</param>
public sealed record LateAlarm(long DueAt, TimeSpan Silence, string? LastFile);
