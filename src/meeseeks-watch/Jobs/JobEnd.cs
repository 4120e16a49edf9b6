using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.WatchAgent.Jobs;

/// <summary>How an order ended.</summary>
/// <param name="State">Failed when one of its jobs failed, else killed when one was killed, else done.</param>
/// <param name="Jobs">Its jobs: several when it went to several nodes.</param>
/// <param name="WasStopped">Whether the watcher itself has killed it, so that this is no result.</param>
internal sealed record JobEnd(JobState State, IReadOnlyList<Job> Jobs, bool WasStopped);
