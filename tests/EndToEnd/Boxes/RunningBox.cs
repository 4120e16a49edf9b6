using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Boxes;

/// <summary>A running box: the real program in a process of its own, on a free port.</summary>
public sealed partial class RunningBox : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly SemaphoreSlim _turn = new(1);
    private readonly Process _process;
    private BoxConnection? _connection;
    private bool _isEnded;

    private RunningBox(BoxStart start)
    {
        _process = BoxProgram.Start(_folder.Path, start with { Words = [BoxProgram.DefaultConfig, .. start.Words] });
        Log = new BoxLog(_process, start.LogFile);
    }

    /// <summary>The port of the box; the first one of several.</summary>
    public int Port { get; private set; }

    /// <summary>The working directory of the box.</summary>
    public string Folder => _folder.Path;

    /// <summary>The pid of the box.</summary>
    public int Pid => _process.Id;

    /// <summary>The log of the box.</summary>
    public BoxLog Log { get; }

    /// <summary>Starts a box with config files and words, merged over <c>default.cfg</c>.</summary>
    public static Task<RunningBox> StartAsync(params string[] words) => StartAsync(new BoxStart(words));

    /// <summary>Starts a box, and waits until it listens.</summary>
    /// <exception cref="InvalidOperationException">The box ended; the message has its log.</exception>
    public static async Task<RunningBox> StartAsync(BoxStart start)
    {
        var box = new RunningBox(start);
        try
        {
            await Wait.Until(
                () => box.FindPort() || box._process.HasExited, () => $"the log is:\n{box.Log}", TestContext.Current.CancellationToken);
            await (box.Port > 0 ? Task.CompletedTask : box.Log.Closed);
            return box.FindPort()
                ? box
                : throw new InvalidOperationException($"the box ended with status {box._process.ExitCode}; its log:\n{box.Log}");
        }
        catch
        {
            box.Discard();
            throw;
        }
    }

    /// <summary>Opens a separate connection.</summary>
    public Task<BoxConnection> ConnectAsync() => BoxConnection.OpenAsync(Port);

    /// <summary>Sends a line over the shared connection of this box, and returns the whole answer.</summary>
    public async Task<JsonElement> AskLineAsync(string line)
    {
        await _turn.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            return await (_connection ??= await ConnectAsync()).AskAsync(line);
        }
        catch
        {
            // Its answer may still come, and is not that to the next line.
            _connection?.Dispose();
            _connection = null;
            throw;
        }
        finally
        {
            _ = _turn.Release();
        }
    }

    /// <summary>Sends a request object, and returns the object of the answer.</summary>
    public async Task<JsonElement> AskObjectAsync(object request) => (await AskLineAsync(JsonSerializer.Serialize(new[] { request })))[0];

    /// <summary>Sends one request, and returns its value in the answer.</summary>
    /// <exception cref="InvalidOperationException">The answer is an error.</exception>
    public async Task<JsonElement> AskAsync(string request, object argument)
    {
        var answer = await AskObjectAsync(new Dictionary<string, object> { [request] = argument });
        return answer.TryGetProperty(request, out var value)
            ? value
            : throw new InvalidOperationException($"{request} was answered with {answer}");
    }

    /// <summary>Submits a job, and returns it as accepted.</summary>
    /// <exception cref="InvalidOperationException">The submit was rejected.</exception>
    public async Task<JsonElement> SubmitAsync(object spec)
    {
        var answer = await AskObjectAsync(new { submit = spec });
        var job = answer.TryGetProperty("submit", out var jobs) ? jobs.EnumerateObject().First().Value : default;
        return job.ValueKind is JsonValueKind.Object ? job : throw new InvalidOperationException($"the job was refused: {answer}");
    }

    /// <summary>Submits a job, and returns it after its end.</summary>
    public async Task<JsonElement> RunAsync(object spec) => await WaitForEndAsync((await SubmitAsync(spec)).Text("id"));

    /// <summary>The job with an id; <c>false</c> for an unknown id.</summary>
    public Task<JsonElement> JobAsync(string id) => AskAsync("job", id);

    /// <summary>Waits until a job has ended.</summary>
    public Task<JsonElement> WaitForEndAsync(string id) =>
        WaitForJobAsync(id, job => job.Text("state") is "done" or "failed" or "killed" && !job.Flag("active"));

    /// <summary>Waits until a job is running.</summary>
    public Task<JsonElement> WaitForStartAsync(string id) => WaitForJobAsync(id, job => job.Text("state") is "running");

    /// <summary>Waits until a condition holds for a job.</summary>
    public Task<JsonElement> WaitForJobAsync(
        string id, Func<JsonElement, bool> condition, [CallerArgumentExpression(nameof(condition))] string what = "") =>
        WaitForAsync(() => JobAsync(id), job => job.ValueKind is JsonValueKind.Object && condition(job), what);

    /// <summary>Repeats a query until a condition holds.</summary>
    /// <exception cref="TimeoutException">The condition did not hold in time; the message has the last result and the log.</exception>
    public Task<T> WaitForAsync<T>(
        Func<Task<T>> look, Func<T, bool> condition, [CallerArgumentExpression(nameof(condition))] string what = "") =>
        WaitForAsync(look, condition, Wait.Limit, what);

    /// <summary>Repeats a query until a condition holds, with a time limit of its own.</summary>
    public async Task<T> WaitForAsync<T>(
        Func<Task<T>> look, Func<T, bool> condition, TimeSpan timeout, [CallerArgumentExpression(nameof(condition))] string what = "")
    {
        var begin = Stopwatch.GetTimestamp();
        while (true)
        {
            var seen = await look();
            if (condition(seen))
                return seen;
            var waited = Stopwatch.GetElapsedTime(begin);
            if (waited > timeout)
                throw GivenUp($"waited {timeout.TotalSeconds} s in vain for: {what}\nlast seen: {seen}\nthe box's log:\n{Log}");

            await Task.Delay(Wait.PauseAfter(waited), TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Waits until a file exists and a condition holds for its content.</summary>
    public Task<string> WaitForFileAsync(
        string path, Func<string, bool> condition, [CallerArgumentExpression(nameof(condition))] string what = "") =>
        WaitForAsync(
            async () => File.Exists(path) ? await File.ReadAllTextAsync(path) : "",
            text => File.Exists(path) && condition(text),
            $"{path} with {what}");

    /// <summary>Waits until the log has a text at least so many times.</summary>
    public Task WaitForLogAsync(string text, int times = 1) =>
        WaitForAsync(() => Task.FromResult(Log.Count(text)), count => count >= times, text);

    /// <summary>Sends the box a signal.</summary>
    public void Send(int signal) => Signal.Send(Pid, signal);

    /// <summary>Stops the box in order.</summary>
    /// <returns>Its exit status.</returns>
    public Task<int> StopAsync(int signal = Signal.Terminate)
    {
        Send(signal);
        return WaitForExitAsync();
    }

    /// <summary>Waits for the end of the process.</summary>
    /// <returns>Its exit status.</returns>
    public async Task<int> WaitForExitAsync()
    {
        try
        {
            await _process.WaitForExitAsync(CancellationToken.None).WaitAsync(Wait.Limit);
            await Log.Closed.WaitAsync(Wait.Limit);
        }
        catch (TimeoutException)
        {
            throw GivenUp($"the box does not end; its log:\n{Log}");
        }

        _isEnded = true;
        return _process.ExitCode;
    }

    /// <summary>Ends the box like a crash; its jobs go on.</summary>
    public async Task CrashAsync()
    {
        _process.Kill();
        _ = await WaitForExitAsync();
    }

    /// <summary>Ends the box and its runner, as when the system kills at random; the processes of jobs go on.</summary>
    public async Task CrashWithRunnerAsync()
    {
        string[] runners =
        [
            .. Directory.GetDirectories($"/proc/{Pid}/task")
                .SelectMany(thread => File.ReadAllText($"{thread}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries)),
        ];
        await CrashAsync();
        foreach (var runner in runners)
            Signal.Send(int.Parse(runner), Signal.Kill);
    }

    /// <summary>The resident memory of the process in bytes.</summary>
    public long ResidentMemory() => 1024 * long.Parse(
        File.ReadLines($"/proc/{Pid}/status")
            .First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]);

    /// <summary>Attaches the log to the test, and stops the box if it still runs.</summary>
    /// <exception cref="InvalidOperationException">The stop failed, or the log has an internal error.</exception>
    public async ValueTask DisposeAsync()
    {
        try
        {
            var status = _isEnded ? 0 : await StopAsync();
            if (status is not 0 || Log.Has("please report it"))
                throw new InvalidOperationException($"the box ended with status {status}; its log:\n{Log}");
        }
        finally
        {
            Discard();
        }
    }

    // Written to the output of the test as well, because an exception of DisposeAsync may replace this one.
    private static TimeoutException GivenUp(string message)
    {
        TestContext.Current.TestOutputHelper?.WriteLine(message);
        return new TimeoutException(message);
    }

    private void Discard()
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"the log of the box at port {Port}:\n{Log}");
        _process.Kill();
        _connection?.Dispose();
        _process.Dispose();
        _turn.Dispose();
        _folder.Dispose();
    }

    private bool FindPort()
    {
        Port = Log.Lines.Select(line => ListeningOn().Match(line)).FirstOrDefault(match => match.Success) is { } match
            ? int.Parse(match.Groups[1].ValueSpan)
            : 0;
        return Port > 0;
    }

    [GeneratedRegex(@"listening on \S+:(\d+)$")]
    private static partial Regex ListeningOn();
}
