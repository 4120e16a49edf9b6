using MeeseeksBox.Testing;
using MeeseeksBox.WatchAgent.Configuration;

namespace MeeseeksBox.FileWatch.Tests.Settings;

/// <summary>The example configurations.</summary>
public sealed class ExampleTests
{
    [Fact]
    public void The_example_is_valid_and_has_a_watch_of_each_kind()
    {
        var result = WatcherConfigurationReader.Read([Path.Combine(BuildOutput.Repository, "examples", "watch.cfg")]);

        result.Problems.Should().BeEmpty();
        result.Warnings.Should().BeEmpty();
        var watches = result.Config!.Watches.ToDictionary(watch => watch.Name);
        watches["heartbeat"].IsContinuous.Should().BeTrue();
        watches["files"].Globs.Should().HaveCount(2);
        watches["sets"].Fileset.Should().Be(2);
        watches["settings"].IsUpdated.Should().BeTrue();
        watches.Should().ContainKey("everywhere").And.HaveCount(5);
    }

    [Fact]
    public void The_recipes_are_valid()
    {
        using var folder = new TemporaryFolder();
        Recipe[] recipes = [Recipe.FirstWatch, .. Recipe.All];

        var results = recipes.Select(recipe => WatcherConfigurationReader.Read([folder.Write("watch.cfg", recipe.Configuration)])).ToList();

        results.Should().HaveCount(6);
        results.SelectMany(result => result.Problems.Concat(result.Warnings)).Should().BeEmpty();
    }
}
