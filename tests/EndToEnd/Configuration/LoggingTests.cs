using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Configuration;

/// <summary>Logging, with the keys of Python's basicConfig (docs/SPECIFICATION.md#logging-settings).</summary>
[Collection(typeof(SharedBoxes))]
public sealed class LoggingTests(SharedBox shared)
{
    [Fact]
    public async Task By_default_an_event_is_a_line_on_standard_error_with_level_logger_and_message()
    {
        var id = Some.Id();

        _ = await shared.Box.RunAsync(new { id, pool = "p", args = Some.True });
        await shared.Box.WaitForLogAsync($"job {id} done");

        shared.Box.Log.Lines.Should().Contain($"INFO n1.Pool.p: job {id} done");
    }

    [Fact]
    public async Task A_file_has_the_configured_format()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("log", "before\n");
        await using var box = await RunningBox.StartAsync(new BoxStart(
            $"logging.filename={file}", "logging.level=DEBUG", "logging.format=%(asctime)s|%(name)s|%(levelname)s|%(message)s",
            "logging.datefmt=%Y", "pools.p.slots=0")
        { LogFile = file });

        _ = await box.RunAsync(new { id = "a", pool = "p", args = Some.True });
        await box.WaitForLogAsync("job a done");

        var lines = File.ReadAllLines(file);
        lines[0].Should().Be("before");
        lines.Should().Contain($"{DateTimeOffset.Now.Year}|n1.Pool.p|INFO|job a done");
        lines.Should().Contain(line => line.Contains("|DEBUG|job a started"));
    }

    [Fact]
    public async Task The_level_drops_lower_events()
    {
        using var folder = new TemporaryFolder();
        var config = folder.Write("box.cfg", """{ "pools": { "p": {} } }""");
        await using var box = await RunningBox.StartAsync(config);

        _ = folder.Write("box.cfg", """{ "logging": { "level": "ERROR" }, "pools": { "p": {} } }""");
        box.Send(Signal.Hangup);
        _ = await box.WaitForAsync(() => box.AskAsync("config", new { }), config => config.Find("logging") is not null);
        _ = await box.RunAsync(new { id = "quiet", pool = "p", args = Some.True });
        _ = folder.Write("box.cfg", "{");
        box.Send(Signal.Hangup);
        await box.WaitForLogAsync("new configuration rejected");

        box.Log.Has("job quiet").Should().BeFalse();
    }

    [Fact]
    public async Task A_log_file_that_cannot_be_written_ends_the_start_with_status_2()
    {
        var (status, _, errors) = await BoxProgram.RunAsync("logging.filename=/no/such/folder/log", "listen.port=0");

        status.Should().Be(2);
        errors.Should().Contain("logging.filename").And.Contain("/no/such/folder/log");
    }
}
