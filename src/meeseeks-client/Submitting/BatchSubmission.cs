using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MeeseeksBox.Client;
using MeeseeksBox.CommandLine.Invocations;
using MeeseeksBox.CommandLine.Output;
using MeeseeksBox.Foundation.Files;
using MeeseeksBox.Foundation.Json;

namespace MeeseeksBox.CommandLine.Submitting;

/// <summary>Submits a job for each line of a file.</summary>
/// <remarks>The submits are pipelined; the results are printed in the order of the lines.</remarks>
/// <param name="invocation">The call.</param>
/// <param name="template">The defaults for keys that a line does not have.</param>
/// <param name="quiet">Whether only ids are printed.</param>
internal sealed class BatchSubmission(Invocation invocation, JsonObject template, bool quiet)
{
    private const int MostInFlight = 2000;

    private readonly Queue<(int Line, Task<Response> Answer)> _inFlight = [];
    private readonly Dictionary<string, int> _warnings = [];
    private int _done;
    private int _refused;

    /// <summary>Submits the lines of a file.</summary>
    /// <param name="path">The file; <c>-</c> for standard input.</param>
    /// <returns>The exit status: failed if any line was rejected. The other lines are still submitted.</returns>
    public async Task<int> SubmitAsync(string path)
    {
        await using var file = Open(path);
        using var bar = new ProgressBar(total: null, "jobs submitted", invocation.Time);
        using var reader = new StreamReader(file, new UTF8Encoding(false, throwOnInvalidBytes: true));
        var number = 0;
        while (await ReadLineAsync(reader, path, number) is { } line)
        {
            number++;
            if (string.IsNullOrWhiteSpace(line))
                continue;

            var spec = Parse(line, path, number);
            if (spec is not null)
                _inFlight.Enqueue((number, invocation.Client.SubmitRawAsync(spec, invocation.Stop)));

            while (_inFlight.Count >= MostInFlight || (_inFlight.TryPeek(out var first) && first.Answer.IsCompleted))
                await FinishOneAsync(path, bar);
        }

        while (_inFlight.Count > 0)
            await FinishOneAsync(path, bar);

        await invocation.Console.FlushAsync(invocation.Stop);
        bar.Dispose();
        foreach (var (warning, count) in _warnings)
            invocation.Console.Warn(count is 1 ? warning : $"{warning} ({count} times)");

        return _refused is 0 ? ClientExitStatus.Good : ClientExitStatus.Failed;
    }

    private static Stream Open(string path)
    {
        try
        {
            return path is "-" ? ConsoleOutput.Input : File.OpenRead(path);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException($"{path}: the file cannot be read: {FileProblem.Reason(path, problem)}");
        }
    }

    private async Task<string?> ReadLineAsync(StreamReader reader, string path, int number)
    {
        try
        {
            return await reader.ReadLineAsync(invocation.Stop);
        }
        catch (DecoderFallbackException)
        {
            throw new CommandFailedException($"{NameOf(path)}: near line {number + 1}: not UTF-8; nothing from there on was submitted");
        }
        catch (IOException problem)
        {
            throw new CommandFailedException($"{NameOf(path)}: it cannot be read: {FileProblem.Reason(path, problem)}");
        }
    }

    private JsonObject? Parse(string line, string path, int number)
    {
        try
        {
            if (JsonNode.Parse(line) is JsonObject spec)
            {
                foreach (var (key, value) in template.Where(pair => !spec.ContainsKey(pair.Key)))
                    spec[key] = value?.DeepClone();

                return spec;
            }

            Refuse(path, number, "a job is an object, like {\"pool\":\"p1\",\"args\":[\"true\"]}");
        }
        catch (JsonException)
        {
            var fault = JsonSyntaxError.Find(Encoding.UTF8.GetBytes(line), default);
            Refuse(path, number, $"not JSON: character {fault.Column}: {fault.Text}");
        }

        return null;
    }

    private async Task FinishOneAsync(string path, ProgressBar bar)
    {
        var (line, answering) = _inFlight.Dequeue();
        var response = await answering;
        foreach (var warning in response.Warnings)
            _warnings[warning] = _warnings.GetValueOrDefault(warning) + 1;

        if (response.Error is { } error)
        {
            Refuse(path, line, error);
            return;
        }

        if (SubmitWarnings.StatusOf(response.Error, response.Warnings) is not ClientExitStatus.Good)
            _refused++;

        await SingleSubmission.PrintAsync(invocation, response["submit"], quiet);
        bar.Show(++_done);
    }

    private void Refuse(string path, int line, string why)
    {
        _refused++;
        invocation.Console.WriteMessage($"{NameOf(path)}:{line}: {why}");
    }

    private static string NameOf(string path) => path is "-" ? "standard input" : path;
}
