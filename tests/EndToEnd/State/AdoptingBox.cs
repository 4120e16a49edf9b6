using System.Globalization;
using System.Text.Json;
using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.State;

/// <summary>A box that crashed while jobs ran, each for one test, and has started again.</summary>
public sealed class AdoptingBox : IAsyncLifetime
{
    /// <summary>The time limit of the job <c>limited</c> in seconds, usually longer than the restart takes.</summary>
    public const int Runtime = 5;

    // Those that end while the box is away.
    private static readonly string[] Ending = ["ending", "short", "large"];

    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, JsonElement> _before = [];

    /// <summary>The box after the crash.</summary>
    public RunningBox Box { get; private set; } = null!;

    /// <summary>The jobs before the crash, with their processes.</summary>
    public IReadOnlyDictionary<string, JsonElement> Before => _before;

    /// <summary>When the job <c>ending</c> was seen to have ended.</summary>
    public double SeenEnded { get; private set; }

    /// <summary>Lets the job <c>lasting</c> end.</summary>
    public void LetGo() => _folder.Write("go", "");

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        string[] words = [$"state.file={_folder.File("state")}", "state.expire=600", "pools.p.slots=0", "pools.one.slots=1"];
        await using (var box = await RunningBox.StartAsync([.. words, "pools.gone.slots=0"]))
        {
            await StartJobsAsync(box);
            await box.CrashAsync();
        }

        _ = _folder.Write("grow", "");
        await WaitForEndAsync("ending");
        SeenEnded = (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).TotalSeconds;
        foreach (var id in Ending)
            await WaitForEndAsync(id);
        Box = await RunningBox.StartAsync(words);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Box.DisposeAsync();
        _folder.Dispose();
    }

    private async Task StartJobsAsync(RunningBox box)
    {
        var box1 = box.Pid.ToString(CultureInfo.InvariantCulture);
        await StartAsync("lasting", $"echo before; while ! test -e '{_folder.File("go")}'; do sleep 0.01; done; echo after; exit 3");
        await StartAsync("ending", $"head -c 100000 /dev/zero | tr '\\0' x; while kill -0 {box1}; do sleep 0.01; done 2>&-; exit 7");
        await StartAsync("suspended", "exec sleep 1000");
        await StartAsync("family", "sleep 1000 & echo $!; wait", "one");
        await StartAsync("homeless", "exec sleep 1000", "gone");
        await StartAsync(
            "large", $"until test -e '{_folder.File("grow")}'; do sleep 0.05; done; exec {TestProgram.Path} grow 200 1000",
            limits: new() { ["memory"] = "100M" });
        await StartAsync("limited", "exec sleep 1000", limits: new() { ["runtime"] = Runtime });
        _ = await box.SubmitAsync(new { id = "next", pool = "one", args = Some.True });
        _ = await box.AskAsync("suspend", "suspended");
        await Wait.Until(() => Signal.IsStopped(PidOf("suspended")), () => "it is not stopped", TestContext.Current.CancellationToken);
        await StartAsync("short", "exec sleep 1000", limits: new() { ["runtime"] = 1 });

        async Task StartAsync(string id, string script, string pool = "p", Dictionary<string, object>? limits = null)
        {
            _ = await box.SubmitAsync(
                new Dictionary<string, object>(limits ?? []) { ["id"] = id, ["pool"] = pool, ["args"] = Some.Shell(script) });
            _before[id] = await box.WaitForJobAsync(id, job => job.Text("state") is not "new");
        }
    }

    private int PidOf(string id) => (int)_before[id].Number("pid").GetValueOrDefault();

    // On a slow host, a job with a time limit may have ended before.
    private Task WaitForEndAsync(string id) =>
        Wait.Until(() => PidOf(id) is 0 || !Signal.IsAlive(PidOf(id)), () => $"{id} goes on", TestContext.Current.CancellationToken);
}
