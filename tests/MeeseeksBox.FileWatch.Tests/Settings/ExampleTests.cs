using MeeseeksBox.WatchAgent.Configuration;

namespace MeeseeksBox.FileWatch.Tests.Settings;

/// <summary>The example configuration.</summary>
public sealed class ExampleTests
{
    [Fact]
    public void The_example_is_valid_and_has_a_watch_of_each_kind()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "MeeseeksBox.sln")))
            folder = folder.Parent!;

        var result = WatcherConfigurationReader.Read([Path.Combine(folder.FullName, "examples", "watch.cfg")]);

        result.Problems.Should().BeEmpty();
        result.Warnings.Should().BeEmpty();
        var watches = result.Config!.Watches.ToDictionary(watch => watch.Name);
        watches["heartbeat"].IsContinuous.Should().BeTrue();
        watches["files"].Globs.Should().HaveCount(2);
        watches["sets"].Fileset.Should().Be(2);
        watches["settings"].IsUpdated.Should().BeTrue();
        watches.Should().ContainKey("everywhere").And.HaveCount(5);
    }
}
