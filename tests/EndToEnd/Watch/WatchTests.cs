using System.Diagnostics;
using System.Text.Json;
using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Watch;

/// <summary>Tests with a watched folder, jobs that record their runs, and a shared box.</summary>
public abstract class WatchTests(SharedBox shared) : SharedBoxTests(shared)
{
    private readonly TemporaryFolder _scratch = new();
    private string? _name;

    /// <summary>The watched folder.</summary>
    protected string In => Directory.CreateDirectory(_scratch.File("in")).FullName;

    /// <summary>The names of the files in it, without that of the lock of a running watcher.</summary>
    protected string[] FilesIn =>
        [.. Directory.GetFiles(In).Select(file => Path.GetFileName(file)).Where(name => !name.EndsWith(".lock", StringComparison.Ordinal))];

    /// <summary>A folder for other files.</summary>
    protected string Scratch => _scratch.Path;

    /// <summary>True on a FUSE file system (<c>file-systems.sh</c>).</summary>
    protected bool IsOnFuse => new DriveInfo(Scratch).DriveFormat.StartsWith("fuse", StringComparison.Ordinal);

    /// <summary>The unique name of the watcher.</summary>
    protected string Name => _name ??= Some.Id();

    /// <summary>The name of the watch of the folder, in the names of its status files.</summary>
    protected virtual string WatchName => "w";

    /// <summary>The lines that the jobs have written, in order.</summary>
    protected string[] Runs => File.Exists(_scratch.File("runs")) ? File.ReadAllLines(_scratch.File("runs")) : [];

    /// <summary>A jobspec that writes a line at each run.</summary>
    /// <param name="words">The line, which may contain formats.</param>
    /// <param name="script">The script to run after that.</param>
    /// <param name="more">Further keys.</param>
    protected object Job(string words, string script = "", object? more = null)
    {
        var spec = new Dictionary<string, object?>
        {
            ["pool"] = "p",
            ["args"] = new[] { "/bin/sh", "-c", $"echo \"$1\" >> '{_scratch.File("runs")}'; {script}".Replace("%", "%%"), "sh", words },
        };
        foreach (var property in JsonSerializer.SerializeToElement(more ?? new { }).EnumerateObject())
            spec[property.Name] = property.Value;
        return spec;
    }

    /// <summary>A watch of the folder, as a word of the command line.</summary>
    protected string Watch(object[] jobs, object? more = null, string? name = null)
    {
        var watch = new Dictionary<string, object?> { ["path"] = In, ["glob"] = "*", ["jobs"] = jobs, ["rescan"] = 60, ["refresh"] = 0.2 };
        foreach (var property in JsonSerializer.SerializeToElement(more ?? new { }).EnumerateObject())
            watch[property.Name] = property.Value;
        return $"watch.{name ?? WatchName}={JsonSerializer.Serialize(watch)}";
    }

    /// <summary>Starts the watcher.</summary>
    protected RunningWatcher Start(params string[] words) => RunningWatcher.Start(Box.Port, [$"name={Name}", .. words]);

    /// <summary>Starts the watcher and waits for its first read of the folder.</summary>
    protected async Task<RunningWatcher> StartAndWaitAsync(params string[] words)
    {
        var watcher = Start(["logging.level=DEBUG", .. words]);
        await UntilAsync(() => watcher.Log.Has("files in"), () => $"{watcher.Log}");
        return watcher;
    }

    /// <summary>Writes a file elsewhere and renames it into the folder.</summary>
    protected string Drop(string name, string text = "x")
    {
        var temporary = _scratch.File($"drop-{Guid.NewGuid():N}");
        File.WriteAllText(temporary, text);
        File.Move(temporary, Path.Combine(In, name), overwrite: true);
        return Path.Combine(In, name);
    }

    /// <summary>Runs a command in the folder.</summary>
    protected async Task CommandAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = In })!;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        process.ExitCode.Should().Be(0);
    }

    /// <summary>The full path of a status file.</summary>
    protected string Status(string file, string state, int index = 0, string? watch = null) =>
        Path.Combine(In, $"._{watch ?? WatchName}_{index}_{file}.{state}");

    /// <summary>Waits until a status file exists.</summary>
    protected Task StatusAsync(string file, string state, int index = 0, string? watch = null) =>
        UntilAsync(
            () => File.Exists(Status(file, state, index, watch)),
            () => $"in the folder: {string.Join(' ', Directory.GetFiles(In).Select(Path.GetFileName))}; runs: {string.Join(' ', Runs)}");

    /// <summary>Waits until all earlier events in the folder are handled, by a file that the watch processes.</summary>
    protected async Task HandledAsync()
    {
        var marker = $"marker-{Guid.NewGuid():N}.dat";
        _ = Drop(marker);
        await StatusAsync(marker, "done");
    }

    /// <summary>Waits until the jobs have written exactly these lines, in any order.</summary>
    protected Task RunsAsync(params string[] lines) =>
        UntilAsync(() => Runs.Order().SequenceEqual(lines.Order()), () => $"runs: {string.Join(' ', Runs)}");

    /// <summary>Waits until a condition holds.</summary>
    protected static Task UntilAsync(Func<bool> condition, Func<string> describe) =>
        Wait.Until(condition, describe, TestContext.Current.CancellationToken);

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        GC.SuppressFinalize(this);
        Discard(_scratch);
    }

    /// <summary>Removes the folders of the test.</summary>
    protected virtual void Discard(TemporaryFolder folder) => folder.Dispose();
}
