using System.Text.Json.Nodes;
using MeeseeksBox.CommandLine.Commands;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.CommandLine.Submitting;

/// <summary>A job that somebody waits for as for a program of his own: its output is printed here, its exit status is ours, and an interrupt kills it.</summary>
internal sealed class AttendedJob(Invocation invocation, JsonObject spec)
{
    /// <summary>Submits, waits and prints.</summary>
    /// <returns>The exit status: the first that is not 0, when there are several jobs.</returns>
    public async Task<int> RunAsync()
    {
        // Patient from the first request on: the client is made once.
        var client = invocation.PatientClient;
        var answer = await OneJob.SendAsync(invocation, spec);
        var ids = answer["submit"].EnumerateObject().Select(job => job.Name).ToList();
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

        return ids.Select(id => ExitStatus.Of(jobs[id])).FirstOrDefault(status => status is not ExitStatus.Good);
    }

    private async Task PrintAsync(string id, Job? job)
    {
        if (job is null)
        {
            invocation.Screen.Say($"job '{id}' is gone: it ended while the box could not be asked");
            return;
        }

        await JobOutput.PrintAsync(invocation, job, isError: false);
        await JobOutput.PrintAsync(invocation, job, isError: true);
        if (job.State is not JobState.Done && (job.Error ?? (job.Rc is null ? "it does not say why" : null)) is { } why)
        {
            invocation.Screen.Say($"job '{id}' {JobStates.Word(job.State)}: {why}");
        }
    }

    private async Task KillAsync(List<string> ids)
    {
        using var limit = new CancellationTokenSource(invocation.Settings.Options.Timeout, invocation.Time);
        await Task.WhenAll(ids.Select(id => invocation.Client.KillAsync(id, limit.Token)));
        _ = await invocation.Client.WaitAsync(ids, progress: null, limit.Token);
    }
}
