using System.Text.Json.Nodes;
using MeeseeksBox.CommandLine.Commands;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.CommandLine.Submitting;

/// <summary>A job that somebody waits for as for a program of his own: its output is printed here, its exit status is ours, and an interrupt kills it.</summary>
internal sealed class ForegroundJob(Invocation invocation, JsonObject spec)
{
    /// <summary>Submits, waits and prints.</summary>
    /// <returns>The exit status: the first that is not 0, when there are several jobs.</returns>
    public async Task<int> RunAsync()
    {
        // Patient from the first request on: the client is made once.
        var client = invocation.PatientClient;
        await client.OpenAsync(invocation.Stop);
        var ids = await SubmitAsync();
        IReadOnlyDictionary<string, Job?> jobs;
        try
        {
            jobs = await client.WaitAsync(ids, progress: null, invocation.Stop);
        }
        catch (OperationCanceledException)
        {
            await KillAsync(ids);
            throw;
        }

        foreach (var id in ids)
        {
            await PrintAsync(id, jobs[id]);
        }

        return ids.Select(id => ClientExitStatus.Of(jobs[id])).FirstOrDefault(status => status is not ClientExitStatus.Good);
    }

    // An interrupt has to kill what is submitted, and only the answer tells what that is: so it is waited for, though not for ever.
    private async Task<List<string>> SubmitAsync()
    {
        var timeout = invocation.Settings.Options.Timeout;
        using var limit = new CancellationTokenSource(Timeout.InfiniteTimeSpan, invocation.Time);
        using var interrupted = invocation.Stop.Register(() => limit.CancelAfter(timeout));
        try
        {
            var response = await SingleSubmission.SendAsync(invocation, spec, limit.Token);
            return [.. response["submit"].EnumerateObject().Select(job => job.Name)];
        }
        catch (OperationCanceledException)
        {
            invocation.Console.WriteMessage($"the box has not answered within {timeout.TotalSeconds:0.###} s: it is not known whether the job was taken, and runs");
            throw;
        }
    }

    private async Task PrintAsync(string id, Job? job)
    {
        if (job is null)
        {
            invocation.Console.WriteMessage($"job '{id}' is gone: it ended while the box could not be asked");
            return;
        }

        await JobOutput.PrintAsync(invocation, job, isError: false);
        await JobOutput.PrintAsync(invocation, job, isError: true);
        if (job.State is not JobState.Done && (job.Error ?? (job.Rc is null ? "it does not say why" : null)) is { } why)
        {
            invocation.Console.WriteMessage($"job '{id}' {JobStates.Word(job.State)}: {why}");
        }
    }

    // Ends when the jobs are known to be gone, with all their processes.
    private async Task KillAsync(List<string> ids)
    {
        var timeout = invocation.Settings.Options.Timeout;
        using var limit = new CancellationTokenSource(timeout, invocation.Time);
        try
        {
            await Task.WhenAll(ids.Select(id => invocation.Client.KillAsync(id, limit.Token)));
            _ = await invocation.Client.WaitAsync(ids, progress: null, limit.Token);
        }
        catch (OperationCanceledException)
        {
            invocation.Console.WriteMessage($"the box was told to kill '{string.Join("', '", ids)}', and has not said within {timeout.TotalSeconds:0.###} s that it is done");
        }
    }
}
