using MeeseeksBox.FileWatch.Templates;

namespace MeeseeksBox.FileWatch.Settings;

/// <summary>When files are late (<c>late</c>), and what runs then (<c>on_late</c>).</summary>
/// <param name="Limit">The longest time without a new file; null with a schedule.</param>
/// <param name="Schedule">The moments by which one must have come; null with a limit.</param>
/// <param name="Job">The job that runs then; null for none.</param>
public sealed record LateSettings(TimeSpan? Limit, ISchedule? Schedule, JobTemplate? Job);
