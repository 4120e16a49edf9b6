using MeeseeksBox.CommandLine.Submitting;

namespace MeeseeksBox.CommandLine.Tests.Submitting;

/// <summary>The exit status of a submit.</summary>
public sealed class SubmitWarningsTests
{
    [Theory]
    [InlineData(null, null, 0)]
    [InlineData(null, "pool: no known node has a pool 'x'; the job waits for one", 0)]
    [InlineData(null, "state: job 'a' is running, which can only be set to killed, not to done", 1)]
    [InlineData(null, "state: job 'a' is still ending; wait for active=false before a restart", 1)]
    [InlineData("args: missing", null, 1)]
    public void A_submit_fails_when_it_or_its_state_is_refused(string? error, string? warning, int status)
    {
        SubmitWarnings.StatusOf(error, warning is null ? [] : ["hold: odd", warning]).Should().Be(status);
    }
}
