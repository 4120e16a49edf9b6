using System.Text.RegularExpressions;
using MeeseeksBox.EndToEnd.Boxes;

namespace MeeseeksBox.EndToEnd.Golden;

/// <summary>A session with a box, played from a script and recorded in a transcript.</summary>
/// <remarks>
/// A script has a line for each step. <c># text</c> is a heading. <c>&gt; line</c> is sent, and its answer recorded.
/// <c>&gt;&gt; line</c> is sent without reading an answer, <c>&lt;</c> reads one, and <c>&lt;&lt;</c> one of many lines.
/// <c>@running ID</c>, <c>@ended ID</c> and <c>@parked ID</c> wait on another connection until a job has a process, has ended,
/// or waits for its next run. <c>@send LINE</c> sends a line on that connection.
/// An indented line continues the one before it.
/// </remarks>
internal sealed partial class RecordedSession(Transcript transcript, RunningBox box, LineStream lines)
{
    /// <summary>Plays a script.</summary>
    public async Task PlayAsync(string script)
    {
        foreach (var step in Continuation().Replace(script.ReplaceLineEndings("\n"), "").Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var at = step.IndexOf(' ');
            var (word, rest) = at < 0 ? (step, "") : (step[..at], step[(at + 1)..]);
            await StepAsync(word, rest);
        }
    }

    /// <summary>Sends a line and records it with its answer.</summary>
    public async Task AskAsync(string line)
    {
        await SendAsync(line);
        await ReadAsync();
    }

    /// <summary>Records the next line of the box.</summary>
    public async Task ReadAsync() => transcript.Received(await lines.ReadAsync());

    [GeneratedRegex(@"\n +")]
    private static partial Regex Continuation();

    private async Task SendAsync(string line)
    {
        transcript.Sent(line);
        await lines.SendAsync(line);
    }

    private Task StepAsync(string word, string rest)
    {
        switch (word)
        {
            case "#":
                transcript.Heading(rest);
                return Task.CompletedTask;
            case ">":
                return AskAsync(rest);
            case ">>":
                return SendAsync(rest);
            case "<":
                return ReadAsync();
            case "<<":
                return ReadIndentedAsync();
            case "@running":
                return box.WaitForJobAsync(rest, job => job.Text("state") is "running" && job.Number("pid") > 0);
            case "@ended":
                return box.WaitForEndAsync(rest);
            case "@parked":
                return box.WaitForJobAsync(rest, job => job.Text("state") is "new" && job.Number("end_ts") > 0);
            case "@send":
                return box.AskLineAsync(rest);
            default:
                throw new ArgumentException($"a script has no step '{word} {rest}'");
        }
    }

    private async Task ReadIndentedAsync()
    {
        string? line;
        do
        {
            line = await lines.ReadAsync();
            transcript.Received(line);
        }
        while (line is not (null or "]"));
    }
}
