using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using MeeseeksBox.Testing;

namespace MeeseeksBox.Crash;

/// <summary>A series of kills and restarts of one box with one state, and the checks of its results.</summary>
/// <param name="rounds">The number of kills.</param>
/// <param name="seed">The seed of the random numbers.</param>
/// <param name="stops">True to stop the box in order, with <c>state.at_stop: keep</c>, instead of killing it.</param>
/// <param name="configuration">Further words of configuration.</param>
internal sealed class Chapter(int rounds, int seed, bool stops, IReadOnlyList<string> configuration)
{
    private const int Clients = 4;
    private const double EarlyDeaths = 0.1;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(300);
    private static readonly string Box = ProgramsUnderTest.PathOf("meeseeks-box");

    private readonly Random _random = new(seed);
    private readonly string _mark = Guid.NewGuid().ToString();
    private readonly List<string> _faults = [];
    private int _early;
    private int _outlived;

    /// <summary>Runs the series.</summary>
    public async Task<CrashFindings> RunAsync()
    {
        using var folder = new TemporaryFolder();
        var (runs, history) = (folder.File("runs"), folder.File("history"));
        string[] words =
        [
            "name=n", "listen.address=127.0.0.1", "listen.port=0", "pools.p.slots=24", "pools.p.restart_delay=0.02", "wait_in_pool=true",
            $"state.file={folder.File("state")}", $"state.history={history}", "state.expire=100000", "state.checkpoint=0.2",
            stops ? "state.at_stop=keep" : "state.at_stop=end",
            .. configuration,
        ];
        File.WriteAllText(runs, "");
        var promises = Enumerable.Range(0, Clients).Select(_ => new Promises()).ToArray();
        var clients = promises.Select((own, number) => new Client($"c{number}", new Random(seed * Clients + number), own, runs)).ToArray();
        for (var round = 0; round < rounds; round++)
            await LiveAsync(words, clients);

        var checker = new CrashChecker(await LastLifeAsync(words), Read(history), File.ReadAllLines(runs));
        return new CrashFindings
        {
            Kills = rounds,
            EarlyKills = _early,
            Submits = promises.Sum(own => own.Taken.Count),
            Changes = promises.Sum(own => own.Changes),
            JobKills = promises.Sum(own => own.Killed.Count),
            Outlived = _outlived,
            Endings = Read(history).Count,
            Crashed = Read(history).Count(IsCrashed),
            Runs = File.ReadAllLines(runs).Length,
            RunsAgain = checker.RunsAgain(),
            Faults = [.. _faults, .. checker.Faults(promises)],
        };
    }

    private async Task LiveAsync(string[] words, Client[] clients)
    {
        using var life = new Life(Box, words, _mark);
        if (_random.NextDouble() < EarlyDeaths)
        {
            await Task.WhenAny(life.Port, Task.Delay(_random.Next(250)));
            _early += life.Port.IsCompleted ? 0 : 1;
        }
        else
        {
            var port = await life.Port.WaitAsync(Patience);
            var working = Task.WhenAll(clients.Select(client => client.RunAsync(port)));
            await Task.WhenAny(working, AnsweredAsync(clients, _random.Next(1, 100)));
            await Task.Delay(_random.Next(10));
            if (stops && await life.StopAsync() is not 0 and var status)
                _faults.Add($"a stopped instance ended with status {status}");
            await life.KillAsync();
            await working;
        }

        await life.KillAsync();
        _outlived += MarkedProcesses.Find(_mark).Count;
        _faults.AddRange(life.Complaints);
    }

    // Counts answers instead of time, so that a slow machine has as many requests in a round as a fast one.
    private static async Task AnsweredAsync(Client[] clients, int count)
    {
        var before = clients.Sum(client => client.Answers);
        var begin = Stopwatch.GetTimestamp();
        while (clients.Sum(client => client.Answers) < before + count && Stopwatch.GetElapsedTime(begin) < Patience)
            await Task.Delay(1);
    }

    private async Task<Dictionary<string, JsonElement>> LastLifeAsync(string[] words)
    {
        using var life = new Life(Box, words, _mark);
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, await life.Port.WaitAsync(Patience));
        await using var stream = client.GetStream();
        using var reader = new StreamReader(stream);
        for (var begin = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begin) < Patience; await Task.Delay(20))
        {
            var active = await AskAsync("""{"get":{"active":true}}""");
            var live = await AskAsync("""{"get":{"state":["new","running"]}}""");
            if (!active.EnumerateObject().Any() && !live.EnumerateObject().Any())
                break;
        }

        var jobs = (await AskAsync("""{"get":{}}""")).EnumerateObject().ToDictionary(job => job.Name, job => job.Value);
        _faults.AddRange(MarkedProcesses.Find(_mark).Select(pid => $"process {pid} has outlived its job"));
        if (await life.StopAsync() is not 0 and var status)
            _faults.Add($"the last instance ended with status {status}");

        _faults.AddRange(life.Complaints);

        return jobs;

        async Task<JsonElement> AskAsync(string request)
        {
            await stream.WriteAsync(System.Text.Encoding.UTF8.GetBytes(request + "\n"));
            return JsonElement.Parse((await reader.ReadLineAsync())!)[0].GetProperty("get");
        }
    }

    private static bool IsCrashed(JsonElement job) =>
        job.TryGetProperty("error", out var error) && error.ValueKind is JsonValueKind.String && error.ValueEquals("crashed");

    private static List<JsonElement> Read(string history) =>
        !File.Exists(history) ? [] : [.. File.ReadLines(history).Select(line => JsonElement.Parse(line).EnumerateObject().Single().Value)];
}
