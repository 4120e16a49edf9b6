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
    public async Task A_file_has_the_configured_format_and_the_level_drops_lower_events()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("log", "before\n");
        var config = folder.Write("box.cfg", """{ "logging": { "level": "DEBUG" } }""");
        await using var box = await RunningBox.StartAsync(new BoxStart(
            config, $"logging.filename={file}", "logging.format=%(asctime)s|%(name)s|%(levelname)s|%(message)s", "logging.datefmt=%Y",
            "pools.p.slots=0")
        { LogFile = file });

        _ = await box.RunAsync(new { id = "a", pool = "p", args = Some.True });
        await box.WaitForLogAsync("job a done");
        var lines = File.ReadAllLines(file);
        _ = folder.Write("box.cfg", """{ "logging": { "level": "ERROR" } }""");
        box.Send(Signal.Hangup);
        _ = await box.WaitForAsync(
            () => box.AskAsync("config", new { }), config => config.GetProperty("logging").Text("level") is "ERROR");

        // The reload after it begins when the log has changed.
        _ = folder.Write("box.cfg", "{");
        box.Send(Signal.Hangup);
        await box.WaitForLogAsync("new configuration rejected");
        _ = await box.RunAsync(new { id = "quiet", pool = "p", args = Some.True });
        box.Send(Signal.Hangup);
        await box.WaitForLogAsync("new configuration rejected", times: 2);

        lines[0].Should().Be("before");
        lines.Should().Contain($"{DateTimeOffset.Now.Year}|n1.Pool.p|INFO|job a done");
        lines.Should().Contain(line => line.Contains("|DEBUG|job a started"));
        box.Log.Has("job quiet").Should().BeFalse();
    }
}
