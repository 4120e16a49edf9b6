using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Simulation.Checks;

/// <summary>What of a job all boxes must see in the same way.</summary>
internal sealed record CopyView(
    string Id, int Epoch, JobState State, bool Active, string? Node, int? Rc, int StartCount, int FailCount, string? Error, string Tags, int? Retries);
