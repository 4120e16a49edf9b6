using System.Text.Json;
using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.State;

/// <summary>A box that was stopped with jobs in all states, and has started again. Its state is in a folder with a long path.</summary>
public sealed class RestartedBox : IAsyncLifetime
{
    /// <summary>The size of the output of the job <c>large</c> in bytes.</summary>
    public const int Size = 100_000;

    private readonly TemporaryFolder _folder = new();

    /// <summary>The box after the restart.</summary>
    public RunningBox Again { get; private set; } = null!;

    /// <summary>The state file.</summary>
    public string File => Path.Combine(_folder.File(new string('d', 150)), "state");

    /// <summary>The history file.</summary>
    public string History => _folder.File("history");

    /// <summary>The jobs in the state file after the stop.</summary>
    public JsonElement Saved { get; private set; }

    /// <summary>The names of the files in the folder of the state after the stop.</summary>
    public IReadOnlyList<string> Files { get; private set; } = [];

    /// <summary>The number of files with kept output after the stop.</summary>
    public int Outputs { get; private set; }

    /// <summary>What another node receives of the jobs right after the restart.</summary>
    public JsonElement Loaded { get; private set; }

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        var folder = Directory.CreateDirectory(Path.GetDirectoryName(File)!).FullName;
        string[] words =
        [
            $"state.file={File}", $"state.history={History}", "state.checkpoint=0.05", "state.expire=600",
            "pools.p.slots=0", "pools.p.restart_delay=0.01", "pools.q.slots=0",
        ];
        await using (var box = await RunningBox.StartAsync([.. words, "pools.q.hold=true"]))
            await StartJobsAsync(box);

        Saved = JsonElement.Parse(await System.IO.File.ReadAllTextAsync(File));
        Files = [.. Directory.GetFiles(folder).Select(Path.GetFileName)!];
        Outputs = Directory.GetFiles(File + ".runs").Length;
        Again = await RunningBox.StartAsync(words);
        Loaded = await Again.AskAsync("get", new { seq = 0 });
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Again.DisposeAsync();
        _folder.Dispose();
    }

    private async Task StartJobsAsync(RunningBox box)
    {
        var second = _folder.File("second");
        var once = Some.Shell("test -e \"$0\" && exit 0; touch \"$0\"; exec sleep 1000", second);
        _ = await box.SubmitAsync(new { id = "queued", pool = "q", node = "n1", args = Some.Shell("echo x"), tags = new[] { "t" } });
        _ = await box.SubmitAsync(new { id = "unassigned", pool = "q", args = Some.True });
        _ = await box.SubmitAsync(new { id = "held", pool = "p", args = Some.True, hold = true });
        _ = await box.RunAsync(new { id = "done", pool = "p", args = Some.True });
        _ = await box.RunAsync(new { id = "large", pool = "p", args = Some.Shell($"head -c {Size} /dev/zero | tr '\\0' x") });
        _ = await box.SubmitAsync(new { id = "retried", pool = "p", args = once, retries = 1 });
        _ = await box.WaitForFileAsync(second, _ => true);
        _ = await box.WaitForFileAsync(File, text => text.Contains("\"done\""));
    }
}
