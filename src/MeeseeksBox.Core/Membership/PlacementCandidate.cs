namespace MeeseeksBox.Core.Membership;

/// <summary>A node that may be chosen for a job.</summary>
/// <param name="Node">The name of the node.</param>
/// <param name="Free">Its free slots in the pool; negative when jobs wait there beyond its slots; null without a limit.</param>
/// <param name="Loadavg">Its load average.</param>
public readonly record struct PlacementCandidate(string Node, int? Free, double Loadavg)
{
    /// <summary>True when a job can start there at once.</summary>
    public bool HasRoom => Free is null or > 0;
}
