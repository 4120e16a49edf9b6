using MeeseeksBox.Foundation.Files;
using MeeseeksBox.Foundation.Json;
using System.Globalization;
using System.Text;
using System.Text.Json;
using MeeseeksBox.Client;
using MeeseeksBox.CommandLine.Invocations;
using MeeseeksBox.CommandLine.Options;
using MeeseeksBox.CommandLine.Output;
using MeeseeksBox.Foundation.Text;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.CommandLine.Commands;

/// <summary><c>hist</c>: shows ended jobs from a history file.</summary>
internal static class HistCommand
{
    public static CommandDefinition Definition { get; } = new("hist", "Show ended jobs from a history file.", RunAsync)
    {
        Words = "[JOBS] [file=FILE] [json=1]",
        Help = $"""
            Without file=, the history file of the box (state.history) is read, which must be on this host. file=- reads standard input.
            Each line is one end of a job: end time, id, pool@node, state, exit status, duration and command. A
            terminal also shows processor time and memory. json=1 prints each job as JSON on one line.

            {JobCommandHelpers.SelectionHelp}

            Examples:
              meeseeks-client hist state=failed
              meeseeks-client hist file=/var/lib/meeseeks/history json=1 tag=night
            """,
    };

    private static async Task<int> RunAsync(Invocation invocation)
    {
        var json = JobWords.ExtractSwitch(invocation.Words, "json");
        var file = JobWords.Extract(invocation.Words, "file");
        var selection = invocation.Selection(invocation.Words);
        var filter = JobCommandHelpers.FilterOf(selection);
        var path = file ?? await FindAsync(invocation);
        try
        {
            await using var stream = path is "-"
                ? ConsoleOutput.Input
                : new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            await PrintAsync(invocation, stream, path, job => IsSelected(selection, filter, job), json);
            return ClientExitStatus.Good;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException($"{path}: the history cannot be read: {FileProblem.Reason(path, fault)}");
        }
    }

    private static async Task<string> FindAsync(Invocation invocation)
    {
        var configuration = await invocation.Client.ConfigAsync(stop: invocation.Stop);
        return configuration.TryGetProperty("state", out var state)
            && state.TryGetProperty("history", out var history) && history.ValueKind is JsonValueKind.String
            ? LosslessJson.Of(history)
            : throw new CommandFailedException("the box keeps no history (state.history is not set); name a file with file=");
    }

    private static async Task PrintAsync(Invocation invocation, Stream stream, string path, Predicate<Job> isSelected, bool json)
    {
        using var reader = new StreamReader(stream);
        var rows = new List<string[]>();
        for (var number = 1; await reader.ReadLineAsync(invocation.Stop) is { } line; number++)
        {
            if (Read(line) is not { } job)
            {
                // The last line is incomplete if the box was killed during the write.
                invocation.Console.Warn($"{path}:{number}: not a history line, skipped");
            }
            else if (isSelected(job))
            {
                if (json)
                {
                    await invocation.Console.Out.WriteLineAsync(Encoding.UTF8.GetString(JobAttributes.LineOf(job).Span));
                }
                else if (ConsoleOutput.IsTerminal)
                {
                    rows.Add(Row(job, isForPeople: true));
                }
                else
                {
                    await invocation.Console.Out.WriteLineAsync(string.Join('\t', Row(job, isForPeople: false)));
                }
            }
        }

        await Table.WriteAsync(invocation.Console.Out, rows, ConsoleOutput.Width);
    }

    private static bool IsSelected(JobSelection selection, JobFilter filter, Job job) =>
        selection.Includes(job.Id) && (filter.Ids is null || filter.Ids.Contains(job.Id)) && filter.Matches(job);

    private static Job? Read(string line)
    {
        try
        {
            return JsonElement.Parse(line) is { ValueKind: JsonValueKind.Object } entry
                && entry.EnumerateObject().FirstOrDefault() is { Value.ValueKind: JsonValueKind.Object } pair
                && JobAttributes.TryRead(pair.Value, pair.Name, out var job, out _) ? job : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string[] Row(Job job, bool isForPeople)
    {
        var end = DateTimeOffset.FromUnixTimeMilliseconds((long)((job.Status.EndTs ?? job.Ts) * 1000)).ToLocalTime();
        var command = SingleLine.Of(job.Spec.Settings is { } settings ? settings.GetRawText() : string.Join(' ', job.Spec.Args));
        var seconds = (long)Math.Max(0, (job.Status.EndTs ?? 0) - (job.Status.StartTs ?? job.Status.EndTs ?? 0));
        var usage = ResourceUsage.Show(job.Status);
        string[] columns =
        [
            end.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
            SingleLine.Of(job.Id),
            SingleLine.Of($"{job.Spec.Pool}@{job.Status.Node}"),
            JobStates.Word(job.Status.State),
            job.Status.Rc is null && isForPeople ? "" : $"({job.Status.Rc?.ToString(CultureInfo.InvariantCulture)})",
            isForPeople ? Duration.Show(seconds) : seconds.ToString(CultureInfo.InvariantCulture),
        ];
        return isForPeople
            ? [.. columns, usage, job.Status.Error is null ? command : $"{command}  {SingleLine.Of(job.Status.Error)}"]
            : [.. columns, command];
    }
}
