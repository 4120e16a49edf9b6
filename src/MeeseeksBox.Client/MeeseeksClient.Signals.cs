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
        return JobOf(id, await SignalRawAsync(JobSelection.Exactly(id), signal, stop), "kill");
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
        // A box of an earlier version ignores the signal, and kills. It does so to no job of an empty list. Another box may be there when
        // the connection is made again, so both lines take the same one.
        var connection = await _connection.OpenAsync(stop);
        Response probe;
        try
        {
            probe = await AskAsync(new JsonArray());
        }
        catch (MeeseeksConnectionException) when (!connection.IsOpen)
        {
            // One that was idle may have been lost without notice.
            connection = await _connection.OpenAsync(stop);
            probe = await AskAsync(new JsonArray());
        }

        if (probe.Find(KillRequest.SignalKey) is null)
        {
            throw probe.Code is { } code
                ? new MeeseeksRequestException(probe.Error!, code)
                : new MeeseeksRequestException($"{Endpoint} has a version that sends no signals; nothing was sent");
        }

        return await AskAsync(await WhichAsync(selection, stop));

        async Task<Response> AskAsync(JsonNode jobs)
        {
            var line = RequestBytes.Of(new JsonObject { ["kill"] = jobs, [KillRequest.SignalKey] = signal });
            return Response.Read(await connection.RequestAsync(line, TimeSpan.Zero, stop));
        }
    }

    /// <summary>Suspends a running job: all its processes stop until <see cref="ResumeAsync"/>.</summary>
    /// <returns>The job.</returns>
    /// <exception cref="MeeseeksRequestException">The job does not run, or cannot be suspended.</exception>
    /// <example><code>await client.SuspendAsync("a");</code></example>
    public async Task<Job> SuspendAsync(string id, CancellationToken stop = default) =>
        JobOf(id, await SuspendRawAsync(JobSelection.Exactly(id), stop), "suspend");

    /// <summary>Resumes a suspended job: its processes continue.</summary>
    /// <returns>The job.</returns>
    /// <exception cref="MeeseeksRequestException">The job does not run.</exception>
    /// <example><code>await client.ResumeAsync("a");</code></example>
    public async Task<Job> ResumeAsync(string id, CancellationToken stop = default) =>
        JobOf(id, await ResumeRawAsync(JobSelection.Exactly(id), stop), "resume");

    /// <summary>Suspends the selected jobs, and returns the answer as it is.</summary>
    /// <returns>The jobs are under <c>suspend</c>, <c>false</c> for one that was refused; the reasons are the error.</returns>
    /// <example><code>var answer = await client.SuspendRawAsync(JobSelection.All.Where("tag", "night"));</code></example>
    public Task<Response> SuspendRawAsync(JobSelection selection, CancellationToken stop = default) =>
        ControlAsync("suspend", selection, stop);

    /// <summary>Resumes the selected jobs, and returns the answer as it is.</summary>
    /// <returns>The jobs are under <c>resume</c>, <c>false</c> for one that was refused; the reasons are the error.</returns>
    /// <example><code>var answer = await client.ResumeRawAsync(JobSelection.All.Where("suspended", "1"));</code></example>
    public Task<Response> ResumeRawAsync(JobSelection selection, CancellationToken stop = default) =>
        ControlAsync("resume", selection, stop);

    private async Task<Response> ControlAsync(string request, JobSelection selection, CancellationToken stop)
    {
        var response = await RequestAsync(new JsonObject { [request] = await WhichAsync(selection, stop) }, stop: stop);
        return response.Find(request) is not null || response.Error is not null
            ? response
            : throw new MeeseeksRequestException($"{Endpoint} has a version that does not {request} jobs");
    }

    // Ids as a list, and anything else as a filter, which selects running jobs only.
    private async Task<JsonNode> WhichAsync(JobSelection selection, CancellationToken stop)
    {
        var ids = selection.IsBroader ? await ListAsync(selection, stop) : selection.ExactIds;
        return ids is null ? selection.ToFilter() : new JsonArray([.. ids.Select(id => (JsonNode?)id)]);
    }

    private static Job JobOf(string id, Response response, string request) =>
        response.EnsureSuccess().Jobs(request).Select(pair => pair.Value).OfType<Job>().FirstOrDefault()
            ?? throw new MeeseeksRequestException($"{request} of job '{id}' was refused, and the node gave no reason");
}
