using MeeseeksBox.Client;
using MeeseeksBox.CommandLine.Invocations;
using MeeseeksBox.CommandLine.Options;
using MeeseeksBox.CommandLine.Submitting;
using MeeseeksBox.Foundation.Files;
using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.Protocol;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.CommandLine.Commands;

/// <summary><c>out</c> and <c>err</c>: print the standard output or standard error of a job.</summary>
internal static class OutCommand
{
    private const string Help = """
        Output that the job writes to a file is read from that file, which must be on this host. Other output is kept by the box
        and available when the job has ended. follow=1 waits until then, and prints a file as it grows.
        """;

    // Files on network mounts have no change notification, so they are polled.
    private static readonly TimeSpan CheckInterval = TimeSpan.FromMilliseconds(200);

    public static CommandDefinition Out { get; } = Definition("out", "output", isError: false, """
        Examples:
          meeseeks-client out hello
          meeseeks-client out follow=1 hello
        """);

    public static CommandDefinition Err { get; } = Definition("err", "error", isError: true, """
        Example:
          meeseeks-client err hello
        """);

    private static CommandDefinition Definition(string name, string stream, bool isError, string examples) =>
        new(name, $"Print the standard {stream} of a job.", invocation => RunAsync(invocation, isError))
        {
            Words = "ID [follow=1]",
            Help = $"{Help}\n\n{examples}",
        };

    private static async Task<int> RunAsync(Invocation invocation, bool isError)
    {
        var follow = JobWords.ExtractSwitch(invocation.Words, "follow");
        if (invocation.Words is not [var word] || JobWords.IdOf(word) is not { } id)
            throw new UsageException("no job selected; give exactly one id");

        var client = follow ? invocation.PatientClient : invocation.Client;
        await using var tracked = follow ? await client.TrackAsync(id, invocation.Stop) : null;
        var job = follow ? tracked?.Current : await client.QueryAsync(id, invocation.Stop);
        if (job is null)
            return invocation.WriteUnknown([id]);

        if ((isError ? job.Spec.Stderr : job.Spec.Stdout) is { } path)
        {
            await PrintFileAsync(invocation, job, FullPath(job, path), tracked);
            return ClientExitStatus.Good;
        }

        job = tracked is null ? job : await tracked.Ended.WaitAsync(invocation.Stop);
        if (!job.HasEnded)
        {
            var state = JobStates.Word(job.Status.State);
            invocation.Console.WriteMessage($"job '{id}' is {state}: its output is available when it has ended; follow=1 waits for that");
            return ClientExitStatus.Failed;
        }

        await invocation.Console.WriteAsync(JobOutput.Decode(job, isError), invocation.Stop);
        JobOutput.PrintTruncated(invocation, job, isError);
        return ClientExitStatus.Good;
    }

    // A relative path is relative to the folder of the job, as the node takes it.
    private static string FullPath(Job job, string path)
    {
        var folder = job.Spec.Cwd
            ?? (job.Spec.Config?.TryGetProperty("cwd", out var value) is true && LenientJson.TryString(value, out var text) ? text : "");
        var full = Path.Combine(folder, path);
        return Path.IsPathRooted(full)
            ? full
            : throw new CommandFailedException(
                $"job '{job.Id}' prints to {full} in the working folder of its box, which the client does not know; "
                + "give the file with its full path, or set cwd");
    }

    // Reading a pipe would wait for its writers, and take their output from the intended reader.
    private static void RequireRegular(Job job, string path)
    {
        if (FileKind.Of(path) is not (FileKind.Regular or FileKind.None) and var kind)
        {
            throw new CommandFailedException(
                $"job '{job.Id}' prints to {path}, which is {FileKind.NameOf(kind)}: its output is not kept there");
        }
    }

    private static async Task PrintFileAsync(Invocation invocation, Job job, string path, TrackedJob? tracked)
    {
        try
        {
            // The file exists from the start of the job on.
            while (tracked is { Ended.IsCompleted: false } && !File.Exists(path))
            {
                await Task.WhenAny(tracked.Ended, Task.Delay(CheckInterval, invocation.Time, invocation.Stop));
                invocation.Stop.ThrowIfCancellationRequested();
            }

            RequireRegular(job, path);
            await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var hasEnded = false;
            do
            {
                // Check before the file is read to its end, so that the last output is not missed.
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
            throw new CommandFailedException(
                $"job '{job.Id}' prints to {path} on node '{job.Status.Node}', which cannot be read here: "
                + FileProblem.Reason(path, problem));
        }
    }
}
