namespace MeeseeksBox.WatchSimulation.Model;

/// <summary>What the watch of a history is configured with.</summary>
/// <param name="IsUpdated"><c>updated</c>.</param>
/// <param name="Retries"><c>retries</c>.</param>
/// <param name="Settle"><c>settle</c>; null for none.</param>
internal sealed record Rules(bool IsUpdated, int Retries, TimeSpan? Settle)
{
    public static TimeSpan Refresh { get; } = TimeSpan.FromSeconds(10);

    public static TimeSpan Cleanup { get; } = TimeSpan.FromSeconds(300);

    public string Text => $"\"retries\":{Retries},\"updated\":{(IsUpdated ? "true" : "false")}"
        + (Settle is { } settle ? $",\"settle\":{settle.TotalSeconds}" : "");

    public override string ToString() => Text.Replace("\"", "", StringComparison.Ordinal);
}
