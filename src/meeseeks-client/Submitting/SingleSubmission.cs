using System.Text.Json;
using System.Text.Json.Nodes;
using MeeseeksBox.Client;
using MeeseeksBox.CommandLine.Invocations;
using MeeseeksBox.CommandLine.Output;

namespace MeeseeksBox.CommandLine.Submitting;

/// <summary>Submits one job and prints the result.</summary>
internal static class SingleSubmission
{
    /// <summary>Submits a job and prints it.</summary>
    /// <param name="invocation">The call.</param>
    /// <param name="spec">The job.</param>
    /// <param name="quiet">Whether only ids are printed.</param>
    /// <returns>The exit status.</returns>
    public static async Task<int> SubmitAsync(Invocation invocation, JsonObject spec, bool quiet)
    {
        var response = await SendAsync(invocation, spec, invocation.Stop, printsRefusal: !quiet);
        var jobs = response["submit"];
        await PrintAsync(invocation, jobs, quiet);
        if (!quiet && invocation.Settings.Refresh is { } refresh)
        {
            var selection = JobSelection.Ids(jobs.EnumerateObject().Select(job => job.Name));
            var printed = jobs.EnumerateObject().ToDictionary(job => job.Name, job => job.Value);
            _ = await RefreshedJobs.PrintAsync(invocation, selection, refresh, printed);
        }

        return SubmitWarnings.StatusOf(response.Error, response.Warnings);
    }

    /// <summary>Prints submitted jobs as JSON, or only their ids.</summary>
    public static async Task PrintAsync(Invocation invocation, JsonElement jobs, bool quiet)
    {
        if (!quiet)
        {
            await invocation.PrintAsync(jobs);
            return;
        }

        foreach (var job in jobs.EnumerateObject())
            await invocation.Console.Out.WriteLineAsync(job.Name);
    }

    /// <summary>Submits a job and prints the warnings.</summary>
    /// <param name="invocation">The call.</param>
    /// <param name="spec">The job.</param>
    /// <param name="stop">Ends the wait for the answer; the job may still have been submitted.</param>
    /// <param name="printsRefusal">Whether to print the answer to a rejected submit for scripts, as the original does.</param>
    /// <exception cref="MeeseeksRequestException">The box rejected the submit.</exception>
    public static async Task<Response> SendAsync(
        Invocation invocation, JsonObject spec, CancellationToken stop, bool printsRefusal = false)
    {
        var response = await invocation.RefreshClient.SubmitRawAsync(spec, stop);
        await SubmitWarnings.PrintAsync(invocation, spec, response);
        if (printsRefusal && !ConsoleOutput.IsTerminal && response.Error is not null
            && response.Find("submit") is { ValueKind: JsonValueKind.Object } refused)
        {
            await invocation.PrintAsync(refused);
        }

        var isRefused = response.EnsureSuccess()["submit"].EnumerateObject().Any(job => job.Value.ValueKind is not JsonValueKind.Object);
        return isRefused
            ? throw new MeeseeksRequestException("submit rejected: the node gave no reason; a job needs a pool and a list of args")
            : response;
    }
}
