using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Simulation.Checks;

/// <summary>The attributes of a job that all boxes must agree on.</summary>
internal sealed record CopyView(
    string Id,
    int Epoch,
    JobState State,
    bool Active,
    string? Node,
    int? Rc,
    int StartCount,
    int FailCount,
    string? Error,
    string Tags,
    int? Retries,
    bool IsSuspended);
