using System.Net.Sockets;
using System.Text.Json;
using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Faults;

/// <summary>Log, history and state in files that are none (docs/SPECIFICATION.md#output-files).</summary>
public sealed class TargetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    // An option, then the targets of logging.filename, state.history and state.file, each with the reason why it cannot be used.
    public static TheoryData<string, string, string, string, string, string, string> Unusable => new()
    {
        { "--check", "folder", "it is a folder", "folder", "it is a folder", "folder", "is a folder" },
        { "", "folder", "it is a folder", "folder", "it is a folder", "folder", "is a folder" },
        { "", "socket", "it is a socket", "socket", "it is a socket", "socket", "is a socket" },
        { "", "no/log", "does not exist", "no/history", "does not exist", "pipe", "is a named pipe" },
        { "", "file/log", "is not a folder", "file/history", "is not a folder", "/dev/null", "is a device" },
        { "", "/dev/stdin", "open for reading only", "/dev/stdin", "open for reading only", "/dev/stdout", "is a stream of this program" },
        { "", "/dev/fd/77", "not open", "/dev/fd/77", "not open", "beside", "beside.journal must be a regular file, and is a named pipe" },
    };

    [Theory]
    [MemberData(nameof(Unusable))]
    public async Task Targets_that_cannot_be_used_are_mistakes_of_the_configuration(
        string option, string log, string noLog, string history, string noHistory, string state, string noState)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(_folder.File("socket")));
        _ = _folder.Folder("folder");
        _ = _folder.Write("file", "");
        Tool.Run("mkfifo", _folder.File("pipe"), _folder.File("beside.journal"));
        string[] words =
        [
            .. option.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            "listen.port=0", $"logging.filename={Full(log)}", $"state.history={Full(history)}", $"state.file={Full(state)}",
        ];

        var (status, output, errors) = await BoxProgram.RunAsync(words);

        (status, output).Should().Be((2, ""));
        var lines = errors.Split('\n');
        lines.Should().HaveCount(4, "a line for each target, and the end of the last one");
        lines.Should().ContainSingle(line => line.StartsWith("logging.filename: ")).Which.Should().Contain(noLog);
        lines.Should().ContainSingle(line => line.StartsWith("state.history: ")).Which.Should().Contain(noHistory);
        lines.Should().ContainSingle(line => line.StartsWith("state.file: ")).Which.Should().Contain(noState);

        string Full(string name) => name.StartsWith('/') ? name : _folder.File(name);
    }

    [Fact]
    public async Task A_history_on_standard_output_goes_into_a_pipe()
    {
        await using var box = await RunningBox.StartAsync("state.history=/dev/stdout", "pools.p=");

        _ = await box.RunAsync(new { id = "a", pool = "p", args = Some.True });
        _ = await box.RunAsync(new { id = "b", pool = "p", args = Some.True });
        await box.WaitForLogAsync("{\"b\":{");

        (await box.StopAsync()).Should().Be(0);
        box.Log.Lines.Where(line => line.StartsWith('{')).Select(line => JsonElement.Parse(line).Keys().Single()).Should().Equal("a", "b");
    }

    [Fact]
    public async Task History_and_log_on_streams_that_share_a_file_are_appended()
    {
        var all = _folder.Write("all", "before\n");
        var words = new BoxStart("state.history=/dev/stdout", "logging.filename=/dev/stderr", "pools.p=");
        await using var box = await RunningBox.StartAsync(
            words with { LogFile = all, Prefix = ["sh", "-c", $"exec \"$@\" >> {all} 2>&1", "sh"] });

        _ = await box.RunAsync(new { id = "a", pool = "p", args = Some.True });
        (await box.StopAsync()).Should().Be(0);

        var lines = await File.ReadAllLinesAsync(all, TestContext.Current.CancellationToken);
        lines[0].Should().Be("before");
        lines.Should().Contain(line => line.StartsWith("{\"a\":{"))
            .And.Contain("INFO n1.Pool.p: job a done").And.Contain("INFO n1.Box: stopped");
        lines.Should().OnlyContain(line => line == "before" || line.StartsWith('{') || line.StartsWith("INFO n1.")
            || line.StartsWith("WARNING n1.Box: user: "));
    }

    [Fact]
    public async Task A_box_starts_before_the_readers_of_its_pipes_and_they_lose_nothing()
    {
        var (history, log) = (_folder.File("history"), _folder.File("log"));
        Tool.Run("mkfifo", history, log);
        var config = _folder.Write("box.cfg", $$"""{ "state": { "history": "{{history}}" }, "pools": { "p": {} } }""");
        await using var box = await RunningBox.StartAsync(config);
        _ = _folder.Write(
            "box.cfg",
            $$"""{ "state": { "history": "{{history}}" }, "pools": { "p": {} }, "logging": { "filename": "{{log}}" } }""");

        box.Send(Signal.Hangup);
        _ = await box.WaitForAsync(() => box.AskAsync("config", new { }), config => config.Find("logging") is not null);
        _ = await box.RunAsync(new { id = "a", pool = "p", args = Some.True });
        using var endings = new StreamReader(history);
        using var lines = new StreamReader(log);

        (await endings.ReadLineAsync(TestContext.Current.CancellationToken)).Should().StartWith("{\"a\":{");
        (await lines.ReadLineAsync(TestContext.Current.CancellationToken)).Should().Contain("new configuration in force");
        (await lines.ReadLineAsync(TestContext.Current.CancellationToken)).Should().Contain("job a done");
        (await box.StopAsync()).Should().Be(0);
    }

    [Fact]
    public async Task A_full_device_is_named_once_and_the_box_goes_on()
    {
        var config = _folder.Write("box.cfg", """{ "pools": { "p": {} } }""");
        await using var box = await RunningBox.StartAsync(config, "state.history=/dev/full");
        _ = await box.RunAsync(new { pool = "p", args = Some.True });
        await box.WaitForLogAsync("history write failed, retry every 5 s: /dev/full: no space left on device");
        _ = _folder.Write("box.cfg", """{ "pools": { "p": {} }, "logging": { "filename": "/dev/full" } }""");

        box.Send(Signal.Hangup);
        await box.WaitForLogAsync("log write failed, lines are lost until it succeeds: /dev/full: no space left on device");
        _ = await box.RunAsync(new { pool = "p", args = Some.True });
        (await box.StopAsync()).Should().Be(0);

        box.Log.Count("/dev/full").Should().Be(2);
        box.Log.Lines.Should().NotContain(line => line.Contains("   at "));
    }

    [Fact]
    public async Task A_limit_of_the_file_size_is_a_full_disk_to_history_log_and_checkpoint()
    {
        var (history, log, state) = (_folder.File("history"), _folder.File("log"), _folder.File("state"));
        var config = _folder.Write("box.cfg", """{ "pools": { "p": {} } }""");
        await using var box = await RunningBox.StartAsync(
            config, $"state.file={state}", "state.durable=false", "state.checkpoint=0.05", "state.expire=600", $"state.history={history}");
        Tool.Run("prlimit", "--pid", $"{box.Pid}", "--fsize=4096:unlimited");
        var args = Some.Shell("exit 0", new string('x', 5000));

        _ = await box.RunAsync(new { id = "a", pool = "p", args });
        await box.WaitForLogAsync($"history write failed, retry every 5 s: {history}: it would exceed the limit of the file size");
        await box.WaitForLogAsync($"checkpoint failed: {state}: it would exceed the limit of the file size");
        _ = _folder.Write("box.cfg", $$"""{ "pools": { "p": {} }, "logging": { "filename": "{{log}}", "level": 10 } }""");
        _ = _folder.Write("log", new string('y', 4090) + "\n");
        box.Send(Signal.Hangup);
        await box.WaitForLogAsync($"log write failed, lines are lost until it succeeds: {log}: file too large");
        Tool.Run("prlimit", "--pid", $"{box.Pid}", "--fsize=unlimited:unlimited");
        _ = await box.WaitForFileAsync(state, text => text.Contains("\"a\""));
        _ = await box.WaitForFileAsync(history, text => text.EndsWith('\n'));

        (await box.StopAsync()).Should().Be(0);
    }

    public void Dispose() => _folder.Dispose();
}
