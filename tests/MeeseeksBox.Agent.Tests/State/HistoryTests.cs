using MeeseeksBox.Agent.State;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Testing;

namespace MeeseeksBox.Agent.Tests.State;

// docs/SPECIFICATION.md#history
public sealed class HistoryTests : IDisposable
{
    private const string Line = """{"a":{"pool":"p","args":["x"]}}""";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(Line + "\n" + """{"b":{"pool":"p","ar""", Line + "\n")]
    [InlineData("""{"b":{"po""", "")]
    [InlineData(Line + "\n", Line + "\n")]
    [InlineData(Line, Line)]
    [InlineData(Line + "\n# rotated by hand", Line + "\n# rotated by hand")]
    [InlineData("", "")]
    public void An_incomplete_last_line_is_removed_at_the_start_and_nothing_else(string before, string after)
    {
        var path = _folder.Write("history", before);
        using var history = new History(TimeProvider.System, Serilog.Core.Logger.None) { Path = path };

        history.AddMissing([]);

        File.ReadAllText(path).Should().Be(after);
    }

    [Theory]
    [InlineData("{\"\\ud800\":{}}\n")]
    [InlineData("{\"b\":{\"\\udfff\":1}}\n")]
    [InlineData("{\"b\":{\"pool\":\"\\ud800\"}}\n")]
    [InlineData("[]\n\n{}\n{\"b\":1}\nx\n")]
    public void A_damaged_line_does_not_prevent_the_start_and_the_ends_of_others_are_not_repeated(string damaged)
    {
        var path = _folder.Write("history", damaged + Line + "\n");
        using var history = new History(TimeProvider.System, Serilog.Core.Logger.None) { Path = path };

        history.AddMissing([Some("a") with { Status = new() }, Some("b")]);

        history.Added.Should().Be(1);
    }

    [Theory]
    [InlineData("history.1")]
    [InlineData("history-20261201")]
    public void An_end_in_the_file_that_a_rotation_has_made_is_not_repeated(string rotated)
    {
        var path = _folder.File("history");
        File.SetLastWriteTimeUtc(_folder.Write("history.2", ""), DateTime.UnixEpoch);
        _ = _folder.Write(rotated, Line + "\n");
        using var history = new History(TimeProvider.System, Serilog.Core.Logger.None) { Path = path };

        history.AddMissing([Some("a") with { Status = new() }, Some("b")]);

        history.Added.Should().Be(1);
    }

    [Fact]
    public void A_history_that_cannot_be_read_does_not_prevent_the_start()
    {
        var path = _folder.File("history");
        _ = File.CreateSymbolicLink(path, "/proc/self/mem");
        var errors = new LoggedErrors();
        using var log = errors.CreateLogger();
        using var history = new History(TimeProvider.System, log) { Path = path };

        history.AddMissing([Some("a")]);

        history.Added.Should().Be(1);
        errors.Lines.Should().ContainSingle().Which.Should().Contain("cannot be read, 1 ends of jobs may be in it twice");
    }

    [Fact]
    public async Task Ends_that_are_dropped_on_a_full_disk_are_said_once()
    {
        var path = Path.Combine(_folder.File("missing"), "history");
        var errors = new LoggedErrors();
        using var log = errors.CreateLogger();
        using var history = new History(TimeProvider.System, log) { Path = path };

        for (var number = 0; number < 50_100; number++)
            history.Add(Some($"{number}"));
        _ = _folder.Folder("missing");
        history.Complete();
        await history.RunAsync();

        errors.Lines.Should().Equal("history overflow: 100 ends of jobs dropped");
        history.WrittenAsync(history.Added).IsCompletedSuccessfully.Should().BeTrue();
        File.ReadLines(path).Should().HaveCount(50_000);
    }

    private static Job Some(string id) => new() { Id = id, Spec = new() { Pool = "p" }, Status = new() { State = JobState.Done } };
}
