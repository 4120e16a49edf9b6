using MeeseeksBox.FileWatch.Settings;
using MeeseeksBox.WatchAgent.Configuration;

namespace MeeseeksBox.FileWatch.Tests.Settings;

/// <summary>The keys that begin with <c>retr</c>, and what <c>--check</c> says of them.</summary>
public sealed class RetryReaderTests
{
    private const string Good = """watch.w={"path":"/data","glob":"*","refresh":7,"jobs":[{"pool":"p","args":["x"]}]}""";

    [Fact]
    public void Without_the_keys_a_file_is_run_again_for_ever_after_refresh()
    {
        WatcherConfigurationReader.Read([Good]).Config!.Watches.Single().Retry.Should().Be(new RetryPolicy(null, TimeSpan.FromSeconds(7)));
    }

    [Fact]
    public void Every_key_is_read()
    {
        string[] words = ["watch.w.retries=3", "watch.w.retry_delay=1.5", "watch.w.retry_factor=2", "watch.w.retry_max=60"];

        var result = WatcherConfigurationReader.Read([Good, .. words]);

        result.Warnings.Should().BeEmpty();
        result.Config!.Watches.Single().Retry.Should().Be(new RetryPolicy(3, TimeSpan.FromSeconds(1.5), 2, TimeSpan.FromSeconds(60)));
    }

    [Theory]
    [InlineData("watch.w.retries=-1", "watch.w.retries: -1 is too small: the minimum is 0")]
    [InlineData("watch.w.retries=many", "watch.w.retries: 'many' is not a whole number")]
    [InlineData("watch.w.retry_delay=0", "watch.w.retry_delay: 0 is too small: the time must be more than 0 s")]
    [InlineData("watch.w.retry_factor=0", "watch.w.retry_factor: 0 is too small: the minimum is 1")]
    [InlineData("watch.w.retry_factor=0.5", "watch.w.retry_factor: 0.5 is too small: the minimum is 1")]
    [InlineData("watch.w.retry_max=6", "watch.w.retry_max: is less than retry_delay, the pause after the first failure")]
    public void A_wrong_value_is_an_error(string word, string problem)
    {
        WatcherConfigurationReader.Read([Good, word]).Problems.Should().ContainSingle().Which.Should().Contain(problem);
    }

    [Theory]
    [InlineData("retries: ignored: retry is false, so that no failed file is run again", "retry=false", "retries=3")]
    [InlineData("retry: ignored: retries is 0, so that no failed file is run again", "retry=true", "retries=0")]
    [InlineData("retry_delay: ignored: no failed file is run again", "retries=0", "retry_delay=3")]
    [InlineData("retry_factor: ignored: no failed file is run again", "retry=false", "retry_factor=3")]
    [InlineData("retry_max: ignored: without a retry_factor above 1, each pause is retry_delay", "retry_max=30")]
    public void A_contradiction_is_a_warning(string warning, params string[] words)
    {
        WatcherConfigurationReader.Read([Good, .. words.Select(word => $"watch.w.{word}")]).Warnings
            .Should().ContainSingle().Which.Should().Contain(warning);
    }
}
