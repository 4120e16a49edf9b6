using MeeseeksBox.Agent.State;
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
}
