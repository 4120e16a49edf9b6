namespace MeeseeksBox.Core.Membership;

/// <summary>A node that a job could go to.</summary>
/// <param name="Node">Its name.</param>
/// <param name="Free">Its free slots in the pool: below 0 when more jobs wait there than it has slots; null without limit.</param>
/// <param name="Loadavg">Its load average.</param>
public readonly record struct PlacementCandidate(string Node, int? Free, double Loadavg)
{
    /// <summary>True when a job would start there at once.</summary>
    public bool HasRoom => Free is null or > 0;
}
