using MeeseeksBox.CommandLine.Top;

namespace MeeseeksBox.CommandLine.Tests.Top;

/// <summary>The key bindings of the live screen.</summary>
public sealed class TopKeysTests
{
    private readonly TopList _list;
    private TopChoices _choices;
    private TopAction _action;

    public TopKeysTests()
    {
        _list = new TopList(Some.Model());
        _choices = _list.Follow(new TopChoices());
    }

    [Fact]
    public void A_kill_needs_a_confirmation()
    {
        Press('k');
        _action.Should().Be(TopAction.None);
        _choices.PendingKillId.Should().Be("early");

        Press('y');
        _action.Should().Be(TopAction.Kill);
        _choices.PendingKillId.Should().Be("early");
    }

    [Fact]
    public void A_job_that_has_ended_is_not_asked_about()
    {
        Press(ConsoleKey.End);
        _choices.Selected.Should().Be("ok");

        Press('k');

        (_action, _choices.PendingKillId).Should().Be((TopAction.None, null));
        _choices.Message.Should().Be("ok has ended (done): nothing to kill");
    }

    [Theory]
    [InlineData('n')]
    [InlineData('q')]
    [InlineData('k')]
    [InlineData('\r')]
    public void Any_other_key_than_y_cancels_the_kill(char key)
    {
        Press('k');

        Press(key);

        _action.Should().Be(TopAction.None);
        _choices.PendingKillId.Should().BeNull();
    }

    [Fact]
    public void The_job_of_the_question_is_killed_even_if_the_selection_changes()
    {
        Press('k');
        _choices = _list.Select(_choices, 2);

        Press('y');

        (_action, _choices.PendingKillId).Should().Be((TopAction.Kill, "early"));
    }

    [Fact]
    public void A_filter_applies_while_it_is_typed_and_its_letters_are_not_commands()
    {
        foreach (var character in "/quick")
            Press(character);

        _action.Should().Be(TopAction.None);
        _choices.Filter.Should().Be("quick");

        Press(ConsoleKey.Backspace);
        _choices.Filter.Should().Be("quic");
        Press(ConsoleKey.Enter);
        (_choices.Filter, _choices.FilterBefore).Should().Be(("quic", null));
        Press('/');
        Press('x');
        Press(ConsoleKey.Escape);
        (_choices.Filter, _choices.FilterBefore).Should().Be(("quic", null));
        Press(ConsoleKey.Escape);
        _choices.Filter.Should().BeEmpty();
    }

    [Fact]
    public void Arrows_and_pages_move_the_selection_and_stop_at_the_ends()
    {
        Press(ConsoleKey.DownArrow);
        _choices.Selected.Should().Be("late");
        Press(ConsoleKey.UpArrow);
        Press(ConsoleKey.UpArrow);
        _choices.Selected.Should().Be("early");
        Press(ConsoleKey.PageDown);
        _choices.Index.Should().Be(3);
        Press(ConsoleKey.End);
        _choices.Selected.Should().Be("ok");
        Press(ConsoleKey.Home);
        _choices.Selected.Should().Be("early");
    }

    [Fact]
    public void Keys_switch_the_order_the_tables_and_ended_jobs()
    {
        Press('s');
        Press('e');
        Press('n');
        (_choices.Order, _choices.ShowsEnded, _choices.Part).Should().Be((TopOrder.Newest, false, TopPart.Jobs));
        Press('s');
        Press('s');
        Press('e');
        Press('n');
        Press('n');
        (_choices.Order, _choices.ShowsEnded, _choices.Part).Should().Be((TopOrder.State, true, TopPart.Both));
    }

    [Fact]
    public void Q_quits()
    {
        Press('q');

        _action.Should().Be(TopAction.Quit);
    }

    private void Press(char key) => Press(Some.Key(key));

    private void Press(ConsoleKey key) => Press(Some.Key(key));

    private void Press(ConsoleKeyInfo key)
    {
        (_choices, _action) = TopKeys.Press(key, _choices, _list, page: 3);
        _choices = _list.Follow(_choices);
    }
}
