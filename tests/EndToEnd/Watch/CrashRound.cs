using System.Text.Json;
using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Watch;

/// <summary>Files that come while watchers are killed and started again: each job must run exactly once.</summary>
/// <remarks>
/// One step is for all files, or two are for all but the last one in order. The job writes a line with the last line of its file, which
/// a file that is taken too early does not have.
/// </remarks>
/// <param name="number">The number of the round, which selects its kind.</param>
/// <param name="files">How many files come.</param>
/// <param name="kills">How often watchers are killed.</param>
/// <param name="random">The moments and the victims.</param>
internal sealed class CrashRound(int number, int files, int kills, Random random) : IAsyncDisposable
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(3);

    private readonly TemporaryFolder _folder = new();
    private readonly RunningWatcher?[] _watchers = new RunningWatcher?[number % 2 == 0 ? 2 : 1];
    private readonly int _steps = number % 4 == 1 ? 2 : 1;
    private readonly bool _isRecursive = number % 4 >= 2;
    private readonly string _name = Some.Id();
    private RunningBox? _ownBox;
    private int _sent;

    /// <summary>Whether the box is killed, too, so that it must be one that nobody shares.</summary>
    public bool IsWithBox { get; } = number % 5 == 3;

    /// <summary>The number of watchers that were killed.</summary>
    public int Killed { get; private set; }

    /// <summary>Runs the round, and returns what the jobs have written and what they should have.</summary>
    /// <param name="shared">A box that is not killed.</param>
    public async Task<(IReadOnlyList<string> Runs, IReadOnlyList<string> Expected)> RunAsync(RunningBox shared)
    {
        if (IsWithBox)
            _ownBox = await StartBoxAsync();
        using var sender = new FileSender(In, random);
        while (Killed < kills)
        {
            StartAll(shared);
            var until = Math.Min(files, files * (Killed + 1) / kills);
            await SendAsync(sender, random.Next(_sent, until + 1));
            if (random.Next(3) > 0)
                await UntilProgressAsync(random.Next(Runs.Length, (_sent * _steps) + 1));
            await KillAsync();
            await SendAsync(sender, until);
        }

        await SendAsync(sender, files);
        await sender.AllSentAsync();
        StartAll(shared);
        var expected = Expected();
        await UntilDoneAsync(expected.Count);
        return ([.. Runs.Order(StringComparer.Ordinal)], [.. expected.Order(StringComparer.Ordinal)]);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var watcher in _watchers)
        {
            if (watcher is not null)
                await watcher.DisposeAsync();
        }

        if (_ownBox is not null)
            await _ownBox.DisposeAsync();
        _folder.Dispose();
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"round {number}: {_watchers.Length} watchers, {_steps} steps"
            + $"{(_isRecursive ? ", recursive" : "")}{(IsWithBox ? ", box killed" : "")}";

    private string In => _folder.Folder("in");

    private string[] Runs => File.Exists(_folder.File("runs")) ? File.ReadAllLines(_folder.File("runs")) : [];

    private int Results => Directory.GetFiles(In, "._w_*.done", SearchOption.AllDirectories).Length;

    private string NameOf(int file) => _isRecursive ? $"d{file % 7}/{file:d5}" : $"{file:d5}";

    private List<string> Expected()
    {
        string[] all = [.. Enumerable.Range(0, files).Select(NameOf).Order(StringComparer.Ordinal)];
        return
        [
            .. all.Select(name => $"0 {Path.GetFileName(name)} {FileSender.LastLine}"),
            .. all[..^1].Where(_ => _steps > 1).Select(name => $"1 {Path.GetFileName(name)} {FileSender.LastLine}"),
        ];
    }

    private Task<RunningBox> StartBoxAsync(int port = 0) =>
        RunningBox.StartAsync($"listen.port={port}", $"state.file={_folder.File("state")}", "state.expire=600", "pools.p.slots=0");

    private void StartAll(RunningBox shared)
    {
        var script = $"while read -r line; do last=$line; done < \"$2\"; echo \"$1 $last\" >> '{_folder.File("runs")}'";
        var job = new { pool = "p", args = new[] { "/bin/sh", "-c", script, "sh", "%(index)s %(filename)s", "%(file)s" } };
        var jobs = Enumerable.Repeat(job, _steps);
        var watch = JsonSerializer.Serialize(new { path = In, glob = "*", recursive = _isRecursive, rescan = 1, refresh = 0.2, jobs });
        for (var place = 0; place < _watchers.Length; place++)
            _watchers[place] ??= RunningWatcher.Start((_ownBox ?? shared).Port, $"name={_name}", $"watch.w={watch}");
    }

    private async Task SendAsync(FileSender sender, int until)
    {
        for (; _sent < until; _sent++)
        {
            sender.Send(NameOf(_sent));
            if (random.Next(4) == 0)
                await Task.Delay(random.Next(10), TestContext.Current.CancellationToken);
        }
    }

    private async Task UntilProgressAsync(int count)
    {
        var begin = TimeProvider.System.GetTimestamp();
        while (Runs.Length < count && TimeProvider.System.GetElapsedTime(begin) < LongestWait)
            await Task.Delay(2, TestContext.Current.CancellationToken);
    }

    private async Task KillAsync()
    {
        var victims = _watchers.Length == 1 ? 1 : random.Next(1, 4);
        for (var place = 0; place < _watchers.Length; place++)
        {
            if ((victims & (1 << place)) == 0)
                continue;
            await _watchers[place]!.CrashAsync();
            await _watchers[place]!.DisposeAsync();
            _watchers[place] = null;
            Killed++;
        }

        if (_ownBox is null || random.Next(2) == 0)
            return;
        var port = _ownBox.Port;
        await _ownBox.CrashAsync();
        await _ownBox.DisposeAsync();
        _ownBox = await StartBoxAsync(port);
    }

    // As long as there is progress, it may take any time.
    private async Task UntilDoneAsync(int expected)
    {
        for (var last = Results; last < expected; last = Results)
        {
            await Wait.Until(
                () => Results > last,
                () => $"{this}: {Results} of {expected} results; {_watchers[0]!.Log}",
                TestContext.Current.CancellationToken);
        }
    }
}
