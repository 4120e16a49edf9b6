using System.Text.Json.Nodes;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Requests;

namespace MeeseeksBox.Client;

/// <content>Requests about the processes of jobs that run.</content>
public sealed partial class MeeseeksClient
{
    /// <summary>Sends a signal to the process of a job, and changes nothing else of it.</summary>
    /// <param name="id">The id of the job.</param>
    /// <param name="signal">A name, with or without <c>SIG</c>, or a number from 1 to 64.</param>
    /// <param name="stop">Ends the wait; the signal may have been sent.</param>
    /// <returns>The job.</returns>
    /// <exception cref="MeeseeksRequestException">The signal was not sent; the message says why.</exception>
    /// <example><code>await client.SignalAsync("a", "USR1");</code></example>
    public async Task<Job> SignalAsync(string id, string signal, CancellationToken stop = default)
    {
        var response = (await SignalRawAsync(JobSelection.Exactly(id), signal, stop)).EnsureSuccess();
        return response.Jobs("kill").Select(pair => pair.Value).OfType<Job>().FirstOrDefault()
            ?? throw new MeeseeksRequestException($"the signal was not sent to job '{id}', and the node gave no reason");
    }

    /// <summary>Sends a signal to the processes of the selected jobs, and returns the answer as it is.</summary>
    /// <param name="selection">
    /// The jobs; of those that are not named, the ones that run. <see cref="JobSelection.All"/> selects none.
    /// </param>
    /// <param name="signal">A name, with or without <c>SIG</c>, or a number from 1 to 64.</param>
    /// <param name="stop">Ends the wait; the signals may have been sent.</param>
    /// <returns>The jobs are under <c>kill</c>, <c>false</c> for one that was not sent the signal; the reasons are the error.</returns>
    /// <exception cref="MeeseeksRequestException">The box knows no such signal, or has a version that sends none.</exception>
    /// <example><code>var answer = await client.SignalRawAsync(JobSelection.All.Where("tag", "night"), "HUP");</code></example>
    public async Task<Response> SignalRawAsync(JobSelection selection, string signal, CancellationToken stop = default)
    {
        // A box of an earlier version ignores the signal, and kills. It does so to no job of an empty list.
        var probe = await RequestAsync(SignalRequest(new JsonArray(), signal), stop: stop);
        if (probe.Find(KillRequest.SignalKey) is null)
        {
            throw probe.Code is { } code
                ? new MeeseeksRequestException(probe.Error!, code)
                : new MeeseeksRequestException($"{Endpoint} has a version that sends no signals; nothing was sent");
        }

        var ids = selection.IsBroader ? await ListAsync(selection, stop) : selection.ExactIds;
        JsonNode which = ids is null ? selection.ToFilter() : new JsonArray([.. ids.Select(id => (JsonNode?)id)]);
        return await RequestAsync(SignalRequest(which, signal), isRepeatable: false, stop);
    }

    private static JsonObject SignalRequest(JsonNode jobs, string signal) =>
        new() { ["kill"] = jobs, [KillRequest.SignalKey] = signal };
}
