using System.Text.Json;
using MeeseeksBox.Core.Settings;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Nodes;

namespace MeeseeksBox.Core.Tests;

/// <summary>Values for tests. JSON is written with single quotes.</summary>
internal static class Some
{
    public static SubmitArgument Spec(string json) => SubmitArgument.Read(JsonElement.Parse(json.Replace('\'', '"')));

    public static JobFilter Filter(string json) => JobFilter.Read(JsonElement.Parse(json.Replace('\'', '"')), out _)!;

    /// <summary>A job as another node sends it.</summary>
    public static Job Job(string json)
    {
        var known = JobAttributes.TryRead(JsonElement.Parse(json.Replace('\'', '"')), out var job, out var problem);
        return known ? job! : throw new ArgumentException(problem, nameof(json));
    }

    public static Job With(this Job job, Func<JobStatus, JobStatus> change) => job with { Status = change(job.Status) };

    /// <summary>A node n1 with a pool p1 of two slots.</summary>
    public static NodeSettings Node(string name = "n1", int slots = 2) => new()
    {
        Name = name,
        Pools = new Dictionary<string, PoolSettings> { ["p1"] = new() { Slots = slots } },
    };

    /// <summary>A node without pools.</summary>
    public static NodeSettings Head(string name = "head") => new() { Name = name };

    public static NodeSettings WithPool(this NodeSettings settings, string name, PoolSettings pool) =>
        settings with { Pools = new Dictionary<string, PoolSettings>(settings.Pools) { [name] = pool } };

    public static NodeSettings WithoutPool(this NodeSettings settings, string name) =>
        settings with { Pools = settings.Pools.Where(pool => pool.Key != name).ToDictionary() };

    /// <summary>The status of a node of this implementation, with slots for its pool (0: no limit, -1: draining).</summary>
    public static NodeStatus Status(double ts, int slots = 2, double loadavg = 0, string pool = "p1") =>
        OriginalStatus(ts, slots, loadavg, pool) with { Ver = "1" };

    /// <summary>The status of a legacy node, which has no version.</summary>
    public static NodeStatus OriginalStatus(double ts, int slots = 2, double loadavg = 0, string pool = "p1") => new()
    {
        Ts = ts,
        Loadavg = loadavg,
        Pools = new() { [pool] = SlotCount.Of(slots) },
    };
}
