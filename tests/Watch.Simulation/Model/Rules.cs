namespace MeeseeksBox.WatchSimulation.Model;

/// <summary>What the watch of a history is configured with.</summary>
/// <param name="IsUpdated"><c>updated</c>.</param>
/// <param name="Retries"><c>retries</c>.</param>
/// <param name="Settle"><c>settle</c>; null for none.</param>
/// <param name="HasIds">Whether its jobspec has an id, which is that of the files of all folders.</param>
internal sealed record Rules(bool IsUpdated, int Retries, TimeSpan? Settle, bool HasIds = false)
{
    public static TimeSpan Refresh { get; } = TimeSpan.FromSeconds(10);

    public static TimeSpan Cleanup { get; } = TimeSpan.FromSeconds(300);

    public string Text => $"\"retries\":{Retries},\"updated\":{(IsUpdated ? "true" : "false")}"
        + (Settle is { } settle ? $",\"settle\":{settle.TotalSeconds}" : "");

    public string Jobspec => $$"""{"pool":"p","args":["x","%(file)s"]{{(HasIds ? ",\"id\":\"%(filename)s\"" : "")}}}""";

    public override string ToString() => Text.Replace("\"", "", StringComparison.Ordinal) + (HasIds ? ",id" : "");
}
