using System.Text.Json;
using System.Text.Json.Nodes;
using MeeseeksBox.Client;
using MeeseeksBox.CommandLine.Commands;
using MeeseeksBox.CommandLine.Output;

namespace MeeseeksBox.CommandLine.Submitting;

/// <summary>Submits a job and prints it.</summary>
internal static class SingleSubmission
{
    /// <summary>Submits.</summary>
    /// <param name="invocation">The call.</param>
    /// <param name="spec">The job.</param>
    /// <param name="quiet">Whether only ids are printed.</param>
    /// <returns>The exit status.</returns>
    public static async Task<int> SubmitAsync(Invocation invocation, JsonObject spec, bool quiet)
    {
        var jobs = (await SendAsync(invocation, spec, invocation.Stop, printsRefusal: !quiet))["submit"];
        if (quiet)
        {
            foreach (var job in jobs.EnumerateObject())
            {
                await invocation.Console.Out.WriteLineAsync(job.Name);
            }
        }
        else
        {
            await JsonText.PrintAsync(invocation.Console, jobs, invocation.Stop);
            if (invocation.Settings.Refresh is { } refresh)
            {
                var selection = JobSelection.Ids(jobs.EnumerateObject().Select(job => job.Name));
                _ = await RefreshedJobs.PrintAsync(invocation, selection, refresh, jobs.EnumerateObject().ToDictionary(job => job.Name, job => job.Value));
            }
        }

        return ClientExitStatus.Good;
    }

    /// <summary>Submits, and says what is odd.</summary>
    /// <param name="invocation">The call.</param>
    /// <param name="spec">The job.</param>
    /// <param name="stop">Ends the wait for the answer; the job may have been submitted all the same.</param>
    /// <param name="printsRefusal">Whether a script gets the answer to a refused submit, as the original prints it.</param>
    /// <exception cref="MeeseeksRequestException">It was refused.</exception>
    public static async Task<Response> SendAsync(Invocation invocation, JsonObject spec, CancellationToken stop, bool printsRefusal = false)
    {
        var client = invocation.Settings.Refresh is null ? invocation.Client : invocation.PatientClient;
        var response = await client.SubmitRawAsync(spec, stop);
        await SubmitWarnings.PrintAsync(invocation, spec, response);
        if (printsRefusal && !ConsoleOutput.IsTerminal && response.Error is not null && response.Find("submit") is { ValueKind: JsonValueKind.Object } refused)
        {
            await JsonText.PrintAsync(invocation.Console, refused, stop);
        }

        var isRefused = response.EnsureSuccess()["submit"].EnumerateObject().Any(job => job.Value.ValueKind is not JsonValueKind.Object);
        return isRefused ? throw new MeeseeksRequestException("the job was refused, and the node does not say why; it needs a pool and a list of args") : response;
    }
}
