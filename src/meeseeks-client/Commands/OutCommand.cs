using MeeseeksBox.Client;
using MeeseeksBox.CommandLine.Options;
using MeeseeksBox.CommandLine.Submitting;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.CommandLine.Commands;

/// <summary><c>out</c> and <c>err</c>: what a job printed.</summary>
internal static class OutCommand
{
    private const string Help = """
        What went to a file is read from that file, if it is on this host. follow=1 goes on until the job has ended; what the box
        keeps is known only then.
        """;

    // A file on a distant host tells nobody of its changes: it has to be looked at.
    private static readonly TimeSpan CheckInterval = TimeSpan.FromMilliseconds(200);

    public static CommandDefinition Out { get; } = new("out", "Print what a job printed.", invocation => RunAsync(invocation, isError: false))
    {
        Words = "ID [follow=1]",
        Help = $"""
            {Help}

            Examples:
              meeseeks-client out hello
              meeseeks-client out follow=1 hello
            """,
    };

    public static CommandDefinition Err { get; } = new("err", "Print what a job printed to its standard error.", invocation => RunAsync(invocation, isError: true))
    {
        Words = "ID [follow=1]",
        Help = $"""
            {Help}

            Example:
              meeseeks-client err hello
            """,
    };

    private static async Task<int> RunAsync(Invocation invocation, bool isError)
    {
        var follow = JobWords.ExtractSwitch(invocation.Words, "follow");
        if (invocation.Words is not [var id] || id.Contains('='))
        {
            throw new UsageException("of which job? Give one id");
        }

        var client = follow ? invocation.PatientClient : invocation.Client;
        await using var tracked = follow ? await client.TrackAsync(id, invocation.Stop) : null;
        var job = follow ? tracked?.Current : await client.QueryAsync(id, invocation.Stop);
        if (job is null)
        {
            return invocation.WriteUnknown([id]);
        }

        if ((isError ? job.Stderr : job.Stdout) is { } path)
        {
            await PrintFileAsync(invocation, job, Path.Combine(job.Cwd ?? "/", path), tracked);
            return ClientExitStatus.Good;
        }

        job = tracked is null ? job : await tracked.Ended.WaitAsync(invocation.Stop);
        if (!job.HasEnded)
        {
            invocation.Console.WriteMessage($"job '{id}' is {JobStates.Word(job.State)}: what it prints is kept, and known when it has ended; follow=1 waits for that");
            return ClientExitStatus.Failed;
        }

        await invocation.Console.WriteAsync(JobOutput.Decode(job, isError), invocation.Stop);
        JobOutput.PrintTruncated(invocation, job, isError);
        return ClientExitStatus.Good;
    }

    private static async Task PrintFileAsync(Invocation invocation, Job job, string path, TrackedJob? tracked)
    {
        try
        {
            // The job makes the file when it starts.
            while (tracked is { Ended.IsCompleted: false } && !File.Exists(path))
            {
                await Task.WhenAny(tracked.Ended, Task.Delay(CheckInterval, invocation.Time, invocation.Stop));
                invocation.Stop.ThrowIfCancellationRequested();
            }

            await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var hasEnded = false;
            do
            {
                // Asked before the file is read to its end, so that its last words are not missed.
                hasEnded = tracked is null or { Ended.IsCompleted: true };
                await file.CopyToAsync(invocation.Console.Out.BaseStream, invocation.Stop);
                if (!hasEnded)
                {
                    await Task.WhenAny(tracked!.Ended, Task.Delay(CheckInterval, invocation.Time, invocation.Stop));
                    invocation.Stop.ThrowIfCancellationRequested();
                }
            }
            while (!hasEnded);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException($"job '{job.Id}' prints to {path} on node '{job.Node}', which cannot be read here: {problem.Message}");
        }
    }
}
