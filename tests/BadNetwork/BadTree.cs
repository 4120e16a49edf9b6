using System.Diagnostics;
using System.Text.Json;
using MeeseeksBox.Testing;

namespace MeeseeksBox.BadNetwork;

/// <summary>A master, a head below it and two nodes below that, on three hosts with a <see cref="Wire"/> between each two.</summary>
internal sealed class BadTree(Conditions conditions) : IAsyncDisposable
{
    private const int SizeOfOutput = 2000;

    private readonly TemporaryFolder _folder = new();
    private readonly List<Host> _hosts = [];
    private readonly Dictionary<string, Process> _boxes = [];
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly List<string> _faults = [];
    private readonly Dictionary<string, double> _submitted = [];
    private readonly Dictionary<string, double> _ended = [];

    /// <summary>The logs and the files of the boxes.</summary>
    public string Folder => _folder.Path;

    /// <summary>Runs the load, and returns what went wrong.</summary>
    public async Task<List<string>> RunAsync()
    {
        var (above, middle, below) = (AddHost("above"), AddHost("middle"), AddHost("below"));
        var (mtu, seed) = ((int)conditions.Mtu, (int)conditions.Seed);
        var upper = new Wire(
            above.AddDevice("lower", "10.98.1.1/24", mtu), middle.AddDevice("upper", "10.98.1.2/24", mtu), conditions, seed);
        var lower = new Wire(
            middle.AddDevice("lower", "10.98.2.1/24", mtu), below.AddDevice("upper", "10.98.2.2/24", mtu), conditions, seed + 2);

        Start(below, "node1", "pools.p.slots=2");
        Start(below, "node2", "pools.p.slots=2", "listen.port=13701");
        var table = await FillAsync();

        Start(middle, "head", "nodes.node1.address=10.98.2.2", "nodes.node2.address=10.98.2.2", "nodes.node2.port=13701");
        Start(above, "master", "nodes.head.address=10.98.1.2");
        using var master = await Client.ConnectAsync(SocketOf("master"));
        var begin = _clock.Elapsed.TotalSeconds;
        await UntilAsync(
            async () => (await master.AskAsync(new { pools = true })).GetProperty("pools").TryGetProperty("p", out var pool)
                && pool.EnumerateObject().Count() is 2,
            "both nodes are known");
        Report($"both nodes known after {Since(begin):F1} s");

        var run = RunJobsAsync();
        await UntilAsync(
            async () => (await master.AskAsync(new { ls = new { tag = "table" } })).GetProperty("ls").GetArrayLength() == table,
            "the table of node1 is at the master");
        Report($"a table of {table} jobs with {conditions.Table / 1e6:F1} MB of output at the master after {Since(begin):F1} s");
        if (conditions.Cut > 0)
        {
            (upper.IsCut, lower.IsCut) = (true, true);
            await Task.Delay(TimeSpan.FromSeconds(conditions.Cut));
            (upper.IsCut, lower.IsCut) = (false, false);
            Report($"the network was cut for {conditions.Cut} s");
        }

        await run;
        await CheckAsync(master);
        foreach (var (name, wire) in new[] { ("master to head", upper), ("head to nodes", lower) })
            Report($"{name}: {wire.Bytes / 1e6:F2} MB, {wire.Lost} packets lost");

        foreach (var name in new[] { "master", "head" })
        {
            var lines = await File.ReadAllLinesAsync(LogOf(name));
            var (downs, ups) = (lines.Count(line => line.Contains("down: ")), lines.Count(line => line.Contains(" up: ")));
            Report($"{name}: links down {downs} times, up {ups} times");
        }

        return _faults;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var box in _boxes.Values)
        {
            if (!box.HasExited)
                _ = Signal(box.Id, "TERM");

            await box.WaitForExitAsync();
            box.Dispose();
        }

        _hosts.ForEach(host => host.Dispose());
        if (_faults.Count is 0)
            _folder.Dispose();
    }

    private static int Signal(int pid, string name)
    {
        using var kill = Process.Start("/bin/kill", [$"-{name}", $"{pid}"]);
        kill.WaitForExit();
        return kill.ExitCode;
    }

    // The jobs of a node before anybody was linked with it.
    private async Task<int> FillAsync()
    {
        using var node = await Client.ConnectAsync(SocketOf("node1"));
        var count = (int)Math.Ceiling(conditions.Table / 20_000);
        for (var number = 0; number < count; number++)
        {
            var size = Math.Min(20_000, conditions.Table);
            _ = await node.AskAsync(new
            {
                submit = new
                {
                    id = $"table-{number}",
                    pool = "p",
                    args = new[] { "head", "-c", $"{size}", "/dev/urandom" },
                    tags = "table",
                },
            });
        }

        await UntilAsync(
            async () => (await node.AskAsync(new { ls = new { state = "done" } })).GetProperty("ls").GetArrayLength() == count,
            "the jobs of the table have ended");
        return count;
    }

    // Each job appends its id to a file. Each tenth fails; each tenth runs long, and is killed.
    private async Task RunJobsAsync()
    {
        using var submitter = await Client.ConnectAsync(SocketOf("master"));
        using var follower = await Client.ConnectAsync(SocketOf("master"));
        var following = FollowAsync(follower);
        for (var number = 0; number < conditions.Jobs; number++)
        {
            var id = $"job-{number}";
            var rest = (number % 10) switch { 3 => "exit 3", 7 => "exec sleep 1000", _ => "exit 0" };
            var script = $"echo >>{RunsOf(id)}; head -c {SizeOfOutput} /dev/zero; {rest}";
            _submitted[id] = _clock.Elapsed.TotalSeconds;
            _ = await submitter.AskAsync(new { submit = new { id, pool = "p", args = new[] { "sh", "-c", script }, tags = "load" } });
            if (number % 10 is 7)
                _ = KillLaterAsync(id);

            await Task.Delay(100);
        }

        await following;
    }

    private async Task KillLaterAsync(string id)
    {
        using var client = await Client.ConnectAsync(SocketOf("master"));
        await UntilAsync(
            async () => Show((await client.AskAsync(new { query = id })).GetProperty("query"), "state") is "running",
            $"{id} runs");
        _ = await client.AskAsync(new { kill = id });
    }

    private async Task FollowAsync(Client client)
    {
        var seq = 0L;
        while (_ended.Count < conditions.Jobs)
        {
            var answer = await client.AskAsync(new
            {
                get = new { seq, tag = "load", active = false, state = new[] { "done", "failed", "killed" } },
                wait = 60,
                options = new { attributes = new[] { "state" } },
            });
            seq = answer.GetProperty("seq").GetInt64();
            foreach (var job in answer.GetProperty("get").EnumerateObject())
                _ended.TryAdd(job.Name, _clock.Elapsed.TotalSeconds);
        }
    }

    private async Task CheckAsync(Client master)
    {
        var jobs = (await master.AskAsync(new { get = new { tag = "load" } })).GetProperty("get");
        for (var number = 0; number < conditions.Jobs; number++)
        {
            var id = $"job-{number}";
            var (state, rc) = (number % 10) switch { 3 => ("failed", 3), 7 => ("killed", -9), _ => ("done", 0) };
            if (!jobs.TryGetProperty(id, out var job))
            {
                _faults.Add($"{id} is lost");
                continue;
            }

            var runs = File.Exists(RunsOf(id)) ? (await File.ReadAllLinesAsync(RunsOf(id))).Length : 0;
            if (runs is not 1)
                _faults.Add($"{id} ran {runs} times");

            if (job.GetProperty("state").GetString() != state || job.GetProperty("rc").GetInt32() != rc)
                _faults.Add($"{id} is {Show(job, "state")} with rc {Show(job, "rc")}, and not {state} with {rc}: {Show(job, "error")}");

            if (!job.TryGetProperty("stdout_data", out var output) || output.GetBytesFromBase64().Length is not SizeOfOutput)
                _faults.Add($"{id} lacks its output");
        }

        var times = _ended.Where(end => !end.Key.EndsWith('7')).Select(end => end.Value - _submitted[end.Key]).Order().ToArray();
        Report($"from submit to end at the master: median {times[times.Length / 2]:F1} s, longest {times[^1]:F1} s");
    }

    private static string Show(JsonElement job, string name) => job.TryGetProperty(name, out var value) ? value.ToString() : "nothing";

    private Host AddHost(string name)
    {
        _hosts.Add(new Host(name));
        return _hosts[^1];
    }

    private void Start(Host host, string name, params string[] words) => _boxes[name] = host.Start(
        ProgramsUnderTest.PathOf("meeseeks-box"),
        [$"name={name}", $"listen.address=*,unix:{SocketOf(name)}", $"state.file={_folder.File(name)}", "state.expire=100000", .. words],
        LogOf(name));

    private async Task UntilAsync(Func<Task<bool>> isTrue, string what)
    {
        var begin = _clock.Elapsed.TotalSeconds;
        while (!await isTrue())
        {
            if (Since(begin) > 1800)
                throw new TimeoutException($"within half an hour it did not come true that {what}; logs: {Folder}");

            await Task.Delay(200);
        }
    }

    private double Since(double begin) => _clock.Elapsed.TotalSeconds - begin;

    private void Report(string text) => Console.WriteLine($"{_clock.Elapsed.TotalSeconds,7:F1} s  {text}");

    private string SocketOf(string name) => _folder.File($"{name}.sock");

    private string LogOf(string name) => _folder.File($"{name}.log");

    private string RunsOf(string id) => _folder.File($"{id}.runs");
}
