using System.Text.Json.Nodes;
using MeeseeksBox.Client;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Nodes;

namespace MeeseeksBox.CommandLine.Status;

/// <summary>The status of a cluster at one time, as a box reports it.</summary>
/// <param name="Nodes">The nodes, by name.</param>
/// <param name="Free">The free slots, by pool and node.</param>
/// <param name="Jobs">The jobs, in the order of submission.</param>
/// <param name="HasLive">Whether any of the jobs has not ended.</param>
internal sealed record ClusterStatus(
    IReadOnlyDictionary<string, NodeStatus> Nodes,
    IReadOnlyDictionary<string, Dictionary<string, SlotCount>> Free,
    IReadOnlyList<StatusJob> Jobs,
    bool HasLive)
{
    /// <summary>Requests the status, in one request where the box supports the selection.</summary>
    /// <param name="client">The client of the box.</param>
    /// <param name="selection">The jobs.</param>
    /// <param name="now">The current time, in seconds since 1970.</param>
    /// <param name="stop">Ends the wait.</param>
    public static async Task<ClusterStatus> AskAsync(MeeseeksClient client, JobSelection selection, double now, CancellationToken stop)
    {
        // A legacy node does not support every filter: the client filters its jobs.
        var choosesItself = !selection.IsAll && await client.IsLegacyPeerAsync(stop);
        var request = new JsonObject { ["nodes"] = new JsonObject(), ["pools"] = new JsonObject() };
        if (!choosesItself)
        {
            request["get"] = selection.ToFilter();
            var wanted = new JsonArray([.. StatusJob.Attributes.Select(name => (JsonNode?)name)]);
            request["options"] = new JsonObject { ["attributes"] = wanted };
        }

        var response = (await client.RequestAsync(request, stop: stop)).EnsureSuccess();
        var found = choosesItself
            ? await client.GetAsync(selection, StatusJob.Attributes, stop)
            : response.Jobs("get").Select(pair => pair.Value).OfType<Job>().Where(job => selection.Includes(job.Id));
        var jobs = found.Select(job => StatusJob.Of(job, now)).ToList();
        jobs = [.. jobs.OrderBy(job => job.SubmitTs)];
        return new ClusterStatus(
            response.Nodes(),
            response.Pools(),
            jobs,
            jobs.Exists(job => !job.HasEnded));
    }
}
