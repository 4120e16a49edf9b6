using MeeseeksBox.WatchAgent.Commands;

namespace MeeseeksBox.FileWatch.Tests.Commands;

/// <summary>The command <c>complete</c>, which shell completions call.</summary>
public sealed class CompletionTests
{
    [Theory]
    [InlineData("s", "status")]
    [InlineData("--", "--check", "--help", "--version")]
    [InlineData("o", "once=1")]
    [InlineData("--check|dry", "dry_run=1")]
    [InlineData("watch.cfg|client.", "client.address=", "client.port=")]
    [InlineData("once=1|once")]
    [InlineData("status|", "in", "out", "json=1")]
    [InlineData("status|json=1|", "in", "out")]
    [InlineData("status|in|", "out", "json=1")]
    [InlineData("status|./watch.cfg|o", "of ./watch.cfg")]
    [InlineData("status|name=x|o", "of name=x")]
    [InlineData("again|i", "in")]
    [InlineData("again|in|", "index=")]
    [InlineData("again|in|a")]
    [InlineData("x")]
    public async Task Words_of_the_command_line_and_watches_are_completed(string typed, params string[] completed)
    {
        var found = await Completion.OfAsync(typed.Split('|'), configuration => Task.FromResult<IReadOnlyList<string>>(
            configuration.Count == 0 ? ["in", "out"] : [$"of {string.Join(' ', configuration)}"]));

        found.Select(candidate => candidate.Split('\t')[0]).Should().Equal(completed);
    }
}
