using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;

namespace MeeseeksBox.Bench;

/// <summary>A measured process or a baseline. Disposal kills it.</summary>
internal sealed class Child : IDisposable
{
    private readonly Process _process;
    private readonly TaskCompletionSource<string> _announced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<string> _printed = Channel.CreateUnbounded<string>();

    private Child(string program, IEnumerable<string> words, Func<string, string?> announcement)
    {
        _process = new Process
        {
            StartInfo = new ProcessStartInfo(program, words)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        _process.ErrorDataReceived += (_, line) =>
        {
            if (HearsLog && line.Data is not null)
                _ = _printed.Writer.TryWrite(line.Data);

            Take(line.Data, announcement);
        };
        _process.OutputDataReceived += (_, line) =>
        {
            if (_announced.Task.IsCompleted && line.Data is not null)
                _ = _printed.Writer.TryWrite(line.Data);

            Take(line.Data, announcement);
        };
        _ = _process.Start();
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
    }

    /// <summary>The value from its first matching line.</summary>
    public string Announced { get; private set; } = "";

    public int Pid => _process.Id;

    /// <summary>Whether <see cref="HearAsync"/> also returns the lines of its log.</summary>
    public bool HearsLog { get; set; }

    /// <summary>The processor time of the process, user and system.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>The resident memory, in MB (VmRSS).</summary>
    public double ResidentMegabytes => Status("VmRSS") / 1024;

    /// <summary>The number of threads.</summary>
    public double Threads => Status("Threads");

    /// <summary>The number of open files, sockets and pipes.</summary>
    public double Handles => Directory.GetFiles($"/proc/{Pid}/fd").Length;

    /// <summary>Starts a program, and waits for a line that the announcement accepts.</summary>
    public static async Task<Child> StartAsync(string program, IEnumerable<string> words, Func<string, string?> announcement)
    {
        var child = new Child(program, words, announcement);
        child.Announced = await child._announced.Task;
        return child;
    }

    /// <summary>Writes a line to its standard input.</summary>
    public void Tell(string line) => _process.StandardInput.WriteLine(line);

    /// <summary>The next line of its output.</summary>
    public async Task<string> HearAsync() => await _printed.Reader.ReadAsync();

    /// <summary>Starts this program with another verb.</summary>
    public static Task<Child> StartSelfAsync(params string[] words) => StartAsync(Environment.ProcessPath!, words, line => line);

    /// <summary>Stops the process with SIGTERM, and waits for its end.</summary>
    /// <returns>Its exit status.</returns>
    public async Task<int> StopAsync()
    {
        using (var kill = Process.Start("/bin/kill", ["-TERM", $"{Pid}"]))
        {
            await kill.WaitForExitAsync();
        }

        await _process.WaitForExitAsync();
        return _process.ExitCode;
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    // A number of /proc/PID/status (proc(5)); sizes are in kB.
    private double Status(string name)
    {
        var line = File.ReadLines($"/proc/{Pid}/status").First(line => line.StartsWith(name + ":", StringComparison.Ordinal));
        return double.Parse(line.AsSpan(name.Length + 1).Trim().TrimEnd("kB").Trim(), CultureInfo.InvariantCulture);
    }

    private void Take(string? line, Func<string, string?> announcement)
    {
        if (line is null)
            _ = _announced.TrySetException(new IOException("A child ended before it said what it was to say."));
        else if (!_announced.Task.IsCompleted && announcement(line) is { } announced)
            _ = _announced.TrySetResult(announced);
    }
}
