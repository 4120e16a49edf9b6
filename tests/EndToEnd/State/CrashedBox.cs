using System.Diagnostics;
using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.State;

/// <summary>A box that crashed with its runner while jobs ran, and has started again on its port.</summary>
public sealed class CrashedBox : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly Process _stranger = Process.Start("/bin/sleep", "1000");

    /// <summary>The box after the crash.</summary>
    public RunningBox Again { get; private set; } = null!;

    /// <summary>The port of the box before the crash.</summary>
    public int Port { get; private set; }

    /// <summary>The processes of the jobs <c>plain</c> and <c>family</c>, alive after the crash, with their starts.</summary>
    public IReadOnlyList<(int Pid, string? Start)> Processes { get; private set; } = [];

    /// <summary>The process of the job <c>late</c>, which started after the last checkpoint.</summary>
    public int Late { get; private set; }

    /// <summary>A process that is no job, with the pid of the job <c>reused</c> in the state file.</summary>
    public int Stranger => _stranger.Id;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        string[] words =
        [
            $"state.file={_folder.File("state")}",
            "state.checkpoint=0.05",
            "state.expire=600",
            "pools.p.slots=0",
            "pools.retry.restart_delay=0.01",
        ];
        await using (var box = await RunningBox.StartAsync(words))
        {
            Port = box.Port;
            var pids = await StartJobsAsync(box);
            _ = await box.WaitForFileAsync(
                _folder.File("state"),
                state => state.Split("\"state\":\"running\"").Length > 3 && !state.Contains("\"state\":\"new\",\"active\":true"));
            _ = await box.AskAsync("config", new { state = new { checkpoint = 0 } });
            _ = await box.SubmitAsync(new { id = "late", pool = "p", args = Some.Sleep });
            Late = (int)(await box.WaitForStartAsync("late")).Number("pid")!.Value;

            // Its answer waits until the journal is on disk, and so has the start of "late".
            _ = await box.SubmitAsync(new { id = "after", pool = "nowhere", args = Some.True });
            await box.CrashWithRunnerAsync();
            pids.Append(Late).Should().OnlyContain(pid => Signal.IsAlive(pid));
            Processes = [.. pids.Select(pid => (pid, Signal.StartOf(pid)))];
        }

        var saved = File.ReadAllText(_folder.File("state"));
        _ = _folder.Write("state", $$$"""
            {"reused":{"id":"reused","pool":"p","node":"n1","args":["sleep","60"],"state":"running","active":true,
            "start_ts":1579000001.5,"ts":1579000001.6,"pid":{{{Stranger}}}},{{{saved[1..]}}}
            """);
        Again = await RunningBox.StartAsync([.. words, $"listen.port={Port}"]);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Again.DisposeAsync();
        _stranger.Kill();
        _stranger.Dispose();
        _folder.Dispose();
    }

    private async Task<IReadOnlyList<int>> StartJobsAsync(RunningBox box)
    {
        var (said, second) = (_folder.File("said"), _folder.File("second"));
        var once = Some.Shell("test -e \"$0\" && exit 0; touch \"$0\"; exec sleep 1000", second);
        _ = await box.SubmitAsync(new { id = "plain", pool = "p", args = Some.Sleep });
        _ = await box.SubmitAsync(
            new { id = "family", pool = "p", args = new[] { TestProgram.Path, "new-session", "1000" }, stdout = said });
        _ = await box.SubmitAsync(new { id = "queued", pool = "nowhere", args = Some.True });
        _ = await box.SubmitAsync(new { id = "retried", pool = "retry", args = once, retries = 1 });
        _ = await box.WaitForStartAsync("retried");
        _ = await box.WaitForFileAsync(second, _ => true);
        var child = int.Parse(await box.WaitForFileAsync(said, text => text.EndsWith('\n')));
        return
        [
            child,
            (int)(await box.WaitForStartAsync("plain")).Number("pid")!.Value,
            (int)(await box.WaitForStartAsync("family")).Number("pid")!.Value,
        ];
    }
}
