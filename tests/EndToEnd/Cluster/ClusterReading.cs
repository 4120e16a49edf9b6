using System.Text.Json;
using MeeseeksBox.EndToEnd.Boxes;

namespace MeeseeksBox.EndToEnd.Cluster;

/// <summary>Waits for the view that a box has of the cluster.</summary>
public static class ClusterReading
{
    /// <summary>Waits until exactly these nodes are online and have a pool.</summary>
    public static Task WaitForPoolAsync(this RunningBox box, string pool, params string[] nodes) => box.WaitForAsync(
        () => box.AskAsync("pools", new { }),
        pools => (pools.Find(pool)?.Keys() ?? []).Order().SequenceEqual(nodes.Order()),
        $"pool {pool} on {string.Join(", ", nodes)}");

    /// <summary>Waits until a node is known or has been removed.</summary>
    public static Task WaitForNodeAsync(this RunningBox box, string node, bool isKnown = true) => box.WaitForAsync(
        () => box.AskAsync("nodes", new { }), nodes => nodes.Find(node) is not null == isKnown,
        $"{node} is{(isKnown ? "" : " not")} known");

    /// <summary>Waits until a node is online or offline.</summary>
    public static Task WaitForOnlineAsync(this RunningBox box, string node, bool isOnline) => box.WaitForAsync(
        () => box.AskAsync("nodes", new { }), nodes => nodes.Find(node)?.Flag("online") == isOnline,
        $"{node} is {(isOnline ? "online" : "offline")}");

    /// <summary>Waits until all jobs with a tag have ended, and returns them.</summary>
    public static Task<JsonElement[]> WaitForEndOfAllAsync(this RunningBox box, string tag, int count) => box.WaitForAsync(
        async () => (await box.AskAsync("get", new { tag })).EnumerateObject().Select(job => job.Value).ToArray(),
        jobs => jobs.Count(job => job.Text("state") is "done" or "failed" or "killed" && !job.Flag("active")) == count,
        $"{count} jobs of {tag} have ended");

    /// <summary>True for a job without a node.</summary>
    public static bool IsUnassigned(this JsonElement job) => job.GetProperty("node").ValueKind is JsonValueKind.False;
}
