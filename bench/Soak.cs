using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using MeeseeksBox.Testing;

namespace MeeseeksBox.Bench;

/// <summary>A small cluster under a steady load, with nodes that leave and return.</summary>
/// <remarks>It measures the processes that stay. A leak shows as a ratio above 1 between the last quarter and the first.</remarks>
internal sealed class Soak : IDisposable
{
    private const int Slots = 4;

    // Shorter than the time for which a node runs: a restarted node keeps ended jobs for this time once more.
    private const string Expire = "state.expire=8";

    // Warm-up: the runtime has compiled frequent code, the heap has its final size, and jobs expire as fast as they arrive.
    private static readonly TimeSpan LeastWarmUp = TimeSpan.FromSeconds(60);
    private const double WarmUpPart = 1 / 6.0;
    private static readonly TimeSpan BetweenSubmits = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan BetweenSamples = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan UntilLeave = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan Away = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly TemporaryFolder _folder = new();
    private readonly ConcurrentDictionary<string, Daemon> _boxes = [];
    private readonly Dictionary<string, List<(double Memory, double Handles, double Threads)>> _samples = [];
    private int _departures;
    private int _submitted;

    /// <summary>Runs the test.</summary>
    /// <param name="minutes">The duration of the measurement, after a warm-up.</param>
    public static async Task<int> RunAsync(int minutes)
    {
        using var soak = new Soak();
        return await soak.RunAsync(TimeSpan.FromMinutes(minutes));
    }

    public void Dispose()
    {
        foreach (var box in _boxes.Values)
            box.Dispose();

        _folder.Dispose();
    }

    private static TimeSpan WarmUp(TimeSpan span) => span * WarmUpPart > LeastWarmUp ? span * WarmUpPart : LeastWarmUp;

    private async Task<int> RunAsync(TimeSpan span)
    {
        foreach (var node in (string[])["terminated", "killed", "steady"])
            await StartNodeAsync(node, port: 0);

        await StartHeadAsync("head", "terminated", "killed", "steady");
        await StartHeadAsync("master", "head");
        _boxes["master"].Until("pools", "terminated", "killed", "steady");

        using var stop = new CancellationTokenSource();
        Task[] work = [SubmitAsync(stop.Token), ComeAndGoAsync(stop.Token), FollowAsync(stop.Token)];
        await Task.WhenAny(Task.WhenAny(work).Unwrap(), Task.Delay(WarmUp(span)));
        await Task.WhenAny(Task.WhenAny(work).Unwrap(), SampleAsync(span));
        await stop.CancelAsync();
        await Task.WhenAll(work);
        var lost = await LostAsync();
        Print(span);
        Rounds.Print(lost is 0 ? "every job has ended" : $"{lost} JOBS HAVE NOT ENDED");
        return lost is 0 ? 0 : 1;
    }

    private async Task StartNodeAsync(string name, int port) => _boxes[name] = await Daemon.StartAsync(
        $"name={name}", $"listen.port={port}", $"pools.p.slots={Slots}", "pools.p.restart_delay=0.1", "pools.p.update=2", Expire,
        "state.timeout=5", $"state.file={_folder.File(name)}");

    private async Task StartHeadAsync(string name, params string[] below)
    {
        var links = below.Select(node => $$"""nodes.{{node}}={"address":"127.0.0.1","port":{{_boxes[node].Port}}}""");
        var file = _folder.File(name);
        _boxes[name] = await Daemon.StartAsync(
            [$"name={name}", Expire, "state.timeout=5", $"state.file={file}", $"state.history={file}.history", .. links]);
    }

    // Jobs that do nothing, work briefly, print, or fail. Every tenth has a client with a new connection.
    private async Task SubmitAsync(CancellationToken stop)
    {
        string[] commands = ["true", "sleep 0.2", "seq 2000", "exit 3"];
        using var client = await _boxes["master"].ConnectAsync();
        while (!stop.IsCancellationRequested)
        {
            var command = commands[_submitted % commands.Length];
            var submit =
                $$$"""[{"submit":{"id":"{{{_submitted}}}","pool":"p","args":["/bin/sh","-c","{{{command}}}"],"retries":1}}]""";
            _ = client.Ask(submit);
            if (++_submitted % 10 is 0)
            {
                using var other = await _boxes["master"].ConnectAsync();
                _ = other.Ask($$$"""[{"kill":"{{{_submitted - 2}}}"},{"pools":{}},{"ls":{"state":"failed"}}]""");
            }

            await Task.Delay(BetweenSubmits, CancellationToken.None);
        }
    }

    private async Task ComeAndGoAsync(CancellationToken stop)
    {
        for (var isKilled = false; !stop.IsCancellationRequested; isKilled = !isKilled)
        {
            await Task.Delay(UntilLeave, CancellationToken.None);
            var name = isKilled ? "killed" : "terminated";
            var box = _boxes[name];
            if (!isKilled && await box.Process.StopAsync() is not 0 and var status)
                throw new InvalidOperationException($"A box that was asked to stop ended with status {status}.");

            // Kills the process if it still runs.
            box.Dispose();
            await Task.Delay(Away, CancellationToken.None);
            await StartNodeAsync(name, box.Port);
            _departures++;
        }
    }

    // A client that follows all changes for the whole time.
    private async Task FollowAsync(CancellationToken stop)
    {
        using var client = await _boxes["master"].ConnectAsync();
        await Task.Factory.StartNew(
            () =>
            {
                for (var seq = 0L; !stop.IsCancellationRequested;)
                    seq = client.Ask($$$"""[{"get":{"seq":{{{seq}}}},"wait":1}]""")[0].GetProperty("seq").GetInt64();
            },
            TaskCreationOptions.LongRunning);
    }

    private async Task SampleAsync(TimeSpan span)
    {
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < span; await Task.Delay(BetweenSamples))
        {
            foreach (var name in (string[])["master", "head", "steady"])
            {
                if (!_samples.TryGetValue(name, out var samples))
                    _samples[name] = samples = [];

                var process = _boxes[name].Process;
                samples.Add((process.ResidentMegabytes, process.Handles, process.Threads));
            }
        }
    }

    // Each job has one end in the history of the master, however often its nodes have left.
    private async Task<int> LostAsync()
    {
        using var client = await _boxes["master"].ConnectAsync();
        const string live = """[{"ls":{"state":["new","running"]}}]""";
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < Patience && client.Ask(live)[0].GetProperty("ls").GetArrayLength() > 0)
            await Task.Delay(BetweenSamples);

        var alive = client.Ask(live)[0].GetProperty("ls").GetArrayLength();
        _ = await _boxes["master"].Process.StopAsync();
        var ended = File.ReadLines(_folder.File("master.history"))
            .Select(line => JsonDocument.Parse(line).RootElement.EnumerateObject().First().Name).ToHashSet();
        return alive + Enumerable.Range(0, _submitted).Count(id => !ended.Contains(id.ToString(CultureInfo.InvariantCulture)));
    }

    private void Print(TimeSpan span)
    {
        Rounds.Print(string.Create(
            CultureInfo.InvariantCulture,
            $"{span.TotalMinutes} minutes after {WarmUp(span).TotalSeconds} s to warm up: {_submitted:N0} jobs, "
            + $"{_departures} times a node left and came back"));
        Rounds.Print($"  the four quarters    {"memory, MB",38} {"handles",38} {"threads",38}");
        foreach (var (name, samples) in _samples)
        {
            var memory = Quarters(samples.ConvertAll(sample => sample.Memory));
            var handles = Quarters(samples.ConvertAll(sample => sample.Handles));
            var threads = Quarters(samples.ConvertAll(sample => sample.Threads));
            Rounds.Print($"  {name,-18} {memory,40} {handles,38} {threads,38}");
        }
    }

    // The means of the quarters, and the ratio of the last to the first.
    private static string Quarters(List<double> figures)
    {
        var means = figures.Chunk((figures.Count + 3) / 4).Select(quarter => quarter.Average()).ToArray();
        return $"{string.Join(" → ", means.Select(Rounds.Show))}   {Rounds.Show(means[^1] / means[0])}";
    }
}
