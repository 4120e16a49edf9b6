using MeeseeksBox.Client;
using MeeseeksBox.CommandLine.Invocations;
using MeeseeksBox.CommandLine.Options;
using MeeseeksBox.CommandLine.Submitting;
using MeeseeksBox.Foundation.Files;
using MeeseeksBox.Foundation.Text;
using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.Protocol;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Outputs;

namespace MeeseeksBox.CommandLine.Commands;

/// <summary><c>out</c> and <c>err</c>: print the standard output or standard error of a job.</summary>
internal static class OutCommand
{
    private const string Help = """
        Prints what the job has printed so far. follow=1 prints further output as it comes, until the job has ended. Output that
        the job writes to a file is read from that file, which must be on this host.
        """;

    private const string FollowKey = "follow";

    private static readonly string[] JobConditions = ["tag", .. JobAttributes.All.Select(attribute => attribute.Name)];

    // Files on network mounts have no change notification, so they are polled.
    private static readonly TimeSpan CheckInterval = TimeSpan.FromMilliseconds(200);

    // No box keeps more of a stream, so a job that prints faster than this client reads does not hold it up.
    private const long MostKept = 16 * 1024 * 1024;

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

    /// <summary>The only id among the words.</summary>
    /// <exception cref="UsageException">There is another number of ids, or another word.</exception>
    public static string IdOf(IReadOnlyList<string> words)
    {
        if (words.FirstOrDefault(word => JobWords.IdOf(word) is null) is { } odd)
        {
            var key = odd[..odd.IndexOf('=', StringComparison.Ordinal)];
            throw new UsageException(JobConditions.Contains(key)
                ? $"'{odd}' selects jobs by a condition; give exactly one id"
                : $"unknown option '{key}'{DidYouMean.Of(key, [FollowKey, .. ClientSettings.Names])}");
        }

        return JobCommandHelpers.Ids(words).ToList() switch
        {
            [] => throw new UsageException("no job selected; give exactly one id"),
            [var one] => one,
            [var first, var second] => throw new UsageException($"two ids given, '{first}' and '{second}'; give exactly one"),
            var ids => throw new UsageException($"{ids.Count} ids given, '{ids[0]}' and others; give exactly one"),
        };
    }

    private static async Task<int> RunAsync(Invocation invocation, bool isError)
    {
        var follow = JobWords.ExtractSwitch(invocation.Words, FollowKey);
        var id = IdOf(invocation.Words);
        var client = follow ? invocation.PatientClient : invocation.Client;
        if (await client.QueryAsync(id, invocation.Stop) is not { } job)
            return invocation.WriteUnknown([id]);

        if ((isError ? job.Spec.Stderr : job.Spec.Stdout) is { } path)
        {
            await using var tracked = follow ? await client.TrackAsync(id, invocation.Stop) : null;
            await PrintFileAsync(invocation, job, FullPath(job, path), tracked);
            return ClientExitStatus.Good;
        }

        var stream = isError ? OutputStream.Stderr : OutputStream.Stdout;
        return follow ? await FollowAsync(invocation, id, stream)
            : job.HasEnded ? await PrintEndedAsync(invocation, job, isError)
            : await PrintPresentAsync(invocation, job, stream);
    }

    private static async Task<int> PrintEndedAsync(Invocation invocation, Job job, bool isError)
    {
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

    private static async Task<int> FollowAsync(Invocation invocation, string id, OutputStream stream)
    {
        // Both commands print to standard output.
        using var printer = new OutputPrinter(invocation, wholeLines: false) { PrintsErrorsToOutput = true };
        var output = new FollowedOutput(id, stream);
        await printer.FollowAsync(id, stream, output.Note, invocation.Stop);
        if (output.IsLate && await invocation.Client.QueryAsync(id, invocation.Stop) is { } job)
            JobOutput.PrintTruncated(invocation, job, stream is OutputStream.Stderr);

        return ClientExitStatus.Good;
    }

    private static async Task<int> PrintPresentAsync(Invocation invocation, Job job, OutputStream stream)
    {
        var (id, state) = (job.Id, JobStates.Word(job.Status.State));
        using var printer = new OutputPrinter(invocation, wholeLines: false) { PrintsErrorsToOutput = true };
        var (offset, run, printed) = (0L, default(int?), 0L);
        try
        {
            OutputPart part;
            do
            {
                part = await invocation.Client.TailAsync(id, stream, offset, run, stop: invocation.Stop);
                await printer.PrintAsync(id, stream, part, invocation.Stop);
                (offset, run, printed) = (part.Offset, part.Run, printed + part.Data.Length);
            }
            while (part is { IsEmpty: false, HasEnded: false } && printed < MostKept);

            if (part.IsLate)
            {
                throw new CommandFailedException(
                    $"job '{id}' is {state}: node '{job.Status.Node}' shows its output when it has ended; follow=1 waits for that");
            }

            if (printed is 0 && run is 0)
                throw new CommandFailedException($"job '{id}' is {state}: it has printed nothing yet; follow=1 waits for it");

            return ClientExitStatus.Good;
        }
        catch (MeeseeksRequestException problem) when (problem.Code is null)
        {
            throw new CommandFailedException(
                $"job '{id}' is {state}: {invocation.Client.Endpoint} shows its output when it has ended; follow=1 waits for that");
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
