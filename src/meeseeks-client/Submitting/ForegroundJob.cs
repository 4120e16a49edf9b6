using System.Text.Json.Nodes;
using MeeseeksBox.Client;
using MeeseeksBox.CommandLine.Invocations;
using MeeseeksBox.Foundation.Time;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Outputs;

namespace MeeseeksBox.CommandLine.Submitting;

/// <summary>A job that acts like a local program (<c>wait=1</c>): prints its output, returns its exit status, ends on Ctrl-C.</summary>
internal sealed class ForegroundJob(Invocation invocation, JsonObject spec)
{
    // The box rejects a change of the args of a job that runs.
    private const string ArgsWarning = "args: ";

    /// <summary>Submits the job, waits for it and prints its output.</summary>
    /// <returns>The exit status; of several jobs, the first that is not 0.</returns>
    public async Task<int> RunAsync()
    {
        // Use the patient client from the first request on, because the invocation makes only one client.
        var client = invocation.PatientClient;
        await client.OpenAsync(invocation.Stop);
        var ids = await SubmitAsync();
        using var printer = new OutputPrinter(invocation, wholeLines: ids.Count > 1);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(invocation.Stop);
        IReadOnlyDictionary<string, Job?> jobs;
        try
        {
            var outputs = ids.SelectMany(_ => Streams(), (id, stream) => new FollowedOutput(id, stream)).ToList();
            var following = outputs.ConvertAll(output => FollowAsync(printer, output, end.Token));
            jobs = await client.WaitAsync(ids, progress: null, invocation.Stop);

            // Of an ended job, the box answers at once.
            end.CancelAfter(invocation.Settings.Options.Timeout.ForTimer());
            await Task.WhenAll(following);
            foreach (var output in outputs)
                await PrintRestAsync(output, jobs[output.Id]);
        }
        catch (OperationCanceledException)
        {
            await KillAsync(ids);
            throw;
        }

        foreach (var id in ids)
            PrintEnd(id, jobs[id]);

        return ids.Select(id => ClientExitStatus.Of(jobs[id])).FirstOrDefault(status => status is not ClientExitStatus.Good);
    }

    // An interrupt must kill the submitted jobs, and only the answer has their ids: wait for it, up to the timeout.
    private async Task<List<string>> SubmitAsync()
    {
        var timeout = invocation.Settings.Options.Timeout;
        using var limit = new CancellationTokenSource(Timeout.InfiniteTimeSpan, invocation.Time);
        using var interrupted = invocation.Stop.Register(() => limit.CancelAfter(timeout.ForTimer()));
        try
        {
            var response = await SingleSubmission.SendAsync(invocation, spec, limit.Token);
            RequireOwnRun(response);
            return [.. response["submit"].EnumerateObject().Select(job => job.Name)];
        }
        catch (OperationCanceledException)
        {
            invocation.Console.WriteMessage(
                $"submit not confirmed: no answer from the box within {timeout.TotalSeconds:0.###} s; the job may run");
            throw;
        }
    }

    // With the id of a known job, the output of another run would look like that of this one.
    private void RequireOwnRun(Response response)
    {
        if (!spec.ContainsKey("id"))
            return;

        foreach (var (id, job) in response.Jobs("submit"))
        {
            if (job is { HasEnded: true })
            {
                throw new CommandFailedException(
                    $"job '{id}' has already ended ({JobStates.Word(job.Status.State)}) and was not run; "
                        + "state=new runs it again, and 'meeseeks-client out' prints the output of its last run");
            }

            if (response.Warnings.Any(warning => warning.StartsWith(ArgsWarning, StringComparison.Ordinal)))
                throw new CommandFailedException($"job '{id}' is running with other args and was not changed; choose another id");
        }
    }

    // Output in a file is not printed, as of any program.
    private IEnumerable<OutputStream> Streams() =>
        Enum.GetValues<OutputStream>().Where(stream => spec[OutputStreams.Word(stream)] is null);

    private async Task FollowAsync(OutputPrinter printer, FollowedOutput output, CancellationToken stop)
    {
        try
        {
            await printer.FollowAsync(output.Id, output.Stream, output.Note, stop);
        }
        catch (MeeseeksException problem)
        {
            output.Problem = problem.Message;
        }
        catch (OperationCanceledException) when (!invocation.Stop.IsCancellationRequested)
        {
            output.Problem = "the box did not send it in time";
        }
    }

    private async Task PrintRestAsync(FollowedOutput output, Job? job)
    {
        if (job is null)
            return;

        var isError = output.Stream is OutputStream.Stderr;
        if (output is { Problem: not null, Offset: 0 })
        {
            await JobOutput.PrintAsync(invocation, job, isError);
        }
        else if (output.Problem is { } problem)
        {
            invocation.Console.Warn($"job '{output.Id}': the rest of its {OutputStreams.Word(output.Stream)} is missing: {problem}");
        }
        else if (output.IsLate)
        {
            JobOutput.PrintTruncated(invocation, job, isError);
        }
    }

    private void PrintEnd(string id, Job? job)
    {
        if (job is null)
        {
            invocation.Console.WriteMessage($"job '{id}' is gone: it ended while the box was unreachable");
            return;
        }

        if (job.Status.State is not JobState.Done && (job.Status.Error ?? (job.Status.Rc is null ? "no reason given" : null)) is { } why)
            invocation.Console.WriteMessage($"job '{id}' {JobStates.Word(job.Status.State)}: {why}");
    }

    // Returns after the box has confirmed that all processes of the jobs are gone.
    private async Task KillAsync(List<string> ids)
    {
        var timeout = invocation.Settings.Options.Timeout;
        using var limit = new CancellationTokenSource(timeout.ForTimer(), invocation.Time);
        try
        {
            await Task.WhenAll(ids.Select(id => invocation.Client.KillAsync(id, limit.Token)));
            _ = await invocation.Client.WaitAsync(ids, progress: null, limit.Token);
        }
        catch (OperationCanceledException)
        {
            invocation.Console.WriteMessage(
                $"kill of '{string.Join("', '", ids)}' not confirmed: no answer from the box within {timeout.TotalSeconds:0.###} s");
        }
    }
}
