using System.Text.Json;
using System.Text.Json.Nodes;
using MeeseeksBox.Client;
using MeeseeksBox.Foundation.Json;
using MeeseeksBox.Foundation.Time;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.CommandLine.Invocations;

/// <summary>Prints jobs again after each change (client option <c>refresh</c>).</summary>
internal static class RefreshedJobs
{
    /// <summary>Prints the changed jobs after each interval, until all have ended.</summary>
    /// <param name="invocation">The call.</param>
    /// <param name="selection">The jobs.</param>
    /// <param name="refresh">The interval.</param>
    /// <param name="printed">The jobs that are already printed, by id.</param>
    /// <returns>The ids of all printed jobs.</returns>
    public static async Task<IReadOnlyCollection<string>> PrintAsync(
        Invocation invocation, JobSelection selection, TimeSpan refresh, Dictionary<string, JsonElement> printed)
    {
        while (true)
        {
            var jobs = await invocation.PatientClient.GetRawAsync(selection, invocation.Stop);
            var changed = jobs.EnumerateObject()
                .Where(job => !printed.TryGetValue(job.Name, out var before) || !LosslessJson.AreSame(before, job.Value)).ToList();
            if (changed.Count > 0)
            {
                var update = new JsonObject(changed.Select(job => KeyValuePair.Create(job.Name, JsonNode.Parse(job.Value.GetRawText()))));
                await invocation.PrintAsync(update);
                await invocation.Console.FlushAsync(invocation.Stop);
                changed.ForEach(job => printed[job.Name] = job.Value);
            }

            if (!jobs.EnumerateObject().Any(IsLive))
                return printed.Keys;

            await Task.Delay(refresh.ForTimer(), invocation.Time, invocation.Stop);
        }
    }

    private static bool IsLive(JsonProperty job) => JobAttributes.TryRead(job.Value, job.Name, out var read, out _) && !read.HasEnded;
}
