using System.Text.Json;
using MeeseeksBox.Agent.Configuration;

namespace MeeseeksBox.Agent.Tests.Configuration;

/// <summary>The changes of the configuration that wait for their turn.</summary>
public sealed class ConfigurationChangesTests
{
    private readonly ConfigurationChanges _changes = new();

    [Fact]
    public async Task Changes_are_taken_in_the_order_of_their_arrival()
    {
        var reload = _changes.ReloadAsync();
        _ = _changes.MergeAsync(JsonElement.Parse("""{"a":1}"""));

        await using var turns = _changes.TakeAllAsync().GetAsyncEnumerator(TestContext.Current.CancellationToken);
        _ = await turns.MoveNextAsync();
        turns.Current.Settings.Should().BeNull();
        turns.Current.Complete(ConfigurationOutcome.InForce);
        _ = await turns.MoveNextAsync();

        turns.Current.Settings!.Value.GetRawText().Should().Be("""{"a":1}""");
        (await reload).IsInForce.Should().BeTrue();
    }

    [Fact]
    public async Task The_stop_rejects_waiting_and_later_changes_but_not_the_one_in_its_turn()
    {
        var current = _changes.ReloadAsync();
        var waiting = _changes.ReloadAsync();
        await using var turns = _changes.TakeAllAsync().GetAsyncEnumerator(TestContext.Current.CancellationToken);
        _ = await turns.MoveNextAsync();

        _changes.Close();

        (await waiting).Should().Be(ConfigurationOutcome.Stopping);
        (await _changes.ReloadAsync()).Should().Be(ConfigurationOutcome.Stopping);
        current.IsCompleted.Should().BeFalse();
        turns.Current.Complete(ConfigurationOutcome.InForce);
        (await current).IsInForce.Should().BeTrue();
        (await turns.MoveNextAsync()).Should().BeFalse();
    }

    [Fact]
    public async Task Empty_settings_change_nothing_even_while_the_box_stops()
    {
        _changes.Close();

        (await _changes.MergeAsync(JsonElement.Parse("{}"))).IsInForce.Should().BeTrue();
    }
}
