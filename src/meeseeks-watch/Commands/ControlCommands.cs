using System.Globalization;
using System.Text;
using System.Text.Json;
using MeeseeksBox.Foundation.Json;
using MeeseeksBox.Foundation.Text;
using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.WatchAgent.Control;
using MeeseeksBox.WatchAgent.Watches;

namespace MeeseeksBox.WatchAgent.Commands;

/// <summary><c>status</c> and <c>again</c>, which talk to a running watcher.</summary>
internal static class ControlCommands
{
    private const int WidthOfFiles = 1000;

    /// <summary>Prints what watches do.</summary>
    /// <param name="words">A configuration, names of watches, and <c>json=1</c>.</param>
    /// <param name="time">The source of the time.</param>
    /// <returns>The exit status.</returns>
    public static Task<int> StatusAsync(string[] words, TimeProvider time) => RunAsync(async () =>
    {
        var call = ControlWords.Of(words, "json");
        var found = await RunningWatchers.FindAsync(call.Configuration);
        var all = found.SelectMany(one => one.Status.Watches).Select(watch => watch.Name).ToList();
        if (call.Names.FirstOrDefault(name => !all.Contains(name)) is { } unknown)
            throw new BadConfigurationException(Unknown(unknown, all));
        var shown = found
            .Select(one => one.Status with { Watches = [.. one.Status.Watches.Where(watch => IsChosen(call, watch))] })
            .Where(one => one.Watches.Count > 0).ToList();
        if (call.Options.GetValueOrDefault("json") is "1" or "true")
            WriteJson(shown);
        else
            Write(shown, time.GetUtcNow());
        return shown.TrueForAll(StatusReport.IsWell) ? WatcherExitStatus.Good : WatcherExitStatus.Failed;
    });

    /// <summary>Runs files again.</summary>
    /// <param name="words">A configuration, the name of a watch, files, and <c>index=N</c>.</param>
    /// <returns>The exit status.</returns>
    public static Task<int> AgainAsync(string[] words) => RunAsync(async () =>
    {
        var call = ControlWords.Of(words, "index");
        if (call.Names.Count < 2)
            throw new BadConfigurationException("again needs a watch and files: meeseeks-watch again [CONFIG] WATCH FILE...");
        var text = call.Options.GetValueOrDefault("index", "0");
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var index))
            throw new BadConfigurationException($"index: '{text}' is not the number of a step, from 0");
        var (watch, files) = (call.Names[0], call.Names.Skip(1).ToList());
        var found = await RunningWatchers.FindAsync(call.Configuration);
        var having = found.Where(one => one.Status.Watches.Any(other => other.Name == watch)).ToList();
        var all = found.SelectMany(one => one.Status.Watches).Select(other => other.Name).ToList();
        if (having.Count == 0)
            throw new BadConfigurationException(Unknown(watch, all));
        if (having.Count > 1)
            throw new BadConfigurationException($"{having.Count} watchers have a watch {watch}: name the configuration of one of them");
        var request = new ControlRequest { Again = new AgainRequest(watch, files, index) };
        var response = await ControlClient.AskAsync(having[0].Path, request)
            ?? throw new ControlException($"the watcher at {having[0].Path} has ended");
        return Report(watch, response.Again ?? new AgainResult([], []));
    });

    private static bool IsChosen(ControlWords call, WatchStatus watch) => call.Names.Count == 0 || call.Names.Contains(watch.Name);

    private static string Unknown(string watch, List<string> all) =>
        $"there is no watch {watch}{(DidYouMean.Nearest(watch, all) is { } near ? $"; the nearest one is {near}" : "")}";

    private static int Report(string watch, AgainResult result)
    {
        foreach (var problem in result.Problems)
            StandardStream.Error.WriteLine(SingleLine.Of(problem));
        if (result.Files.Count > 0)
        {
            var names = TextWidth.Fit(SingleLine.Of(string.Join(' ', result.Files)), WidthOfFiles);
            var what = result.Files.Count == 1 ? "file runs" : "files run";
            StandardStream.Output.WriteLine($"{watch}: {result.Files.Count} {what} again: {names}");
        }

        return result.Problems.Count > 0 ? WatcherExitStatus.Failed : WatcherExitStatus.Good;
    }

    private static void Write(List<WatcherStatus> all, DateTimeOffset now)
    {
        var isDumb = Environment.GetEnvironmentVariable("TERM") is null or "" or "dumb";
        var hasColor = StandardStream.Output.IsTerminal && !isDumb
            && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        var report = new StatusReport(now, StandardStream.Output.Size?.Width ?? int.MaxValue, hasColor);
        StandardStream.Output.Write(Encoding.UTF8.GetBytes(string.Concat(report.Lines(all).Select(line => $"{line}\n"))));
    }

    private static void WriteJson(List<WatcherStatus> all)
    {
        var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes, JsonFormat.Indented))
            SortedJson.Write(writer, JsonSerializer.SerializeToElement(all, ControlContext.Default.ListWatcherStatus));
        StandardStream.Output.Write([.. bytes.ToArray(), (byte)'\n']);
    }

    private static async Task<int> RunAsync(Func<Task<int>> run)
    {
        try
        {
            return await run();
        }
        catch (Exception problem) when (problem is ControlException or BadConfigurationException)
        {
            StandardStream.Error.WriteLine(problem.Message);
            return problem is ControlException ? WatcherExitStatus.Failed : WatcherExitStatus.BadConfiguration;
        }
    }
}
