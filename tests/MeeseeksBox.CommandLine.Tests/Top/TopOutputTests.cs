using System.Text;
using MeeseeksBox.CommandLine.Output;
using MeeseeksBox.CommandLine.Top;
using MeeseeksBox.Protocol.Outputs;

namespace MeeseeksBox.CommandLine.Tests.Top;

/// <summary>The output of the selected job on the live screen.</summary>
public sealed class TopOutputTests
{
    private readonly TopModel _model = Some.Model();

    private TopOutput Output => _model.Output;

    [Fact]
    public void The_last_lines_are_below_the_selected_job()
    {
        var follow = Output.Begin("late");
        Print(follow, "1\n2\n3\n4\n5\n");

        Lines(80, 24)[^6..^1].Should().Equal("late  running, p@n1  [x,night]  sleep 9", "2", "3", "4", "5");
        Lines(80, 60)[^7..^1].Should().Equal("late  running, p@n1  [x,night]  sleep 9", "1", "2", "3", "4", "5");
        Lines(80, 19)[^2].Should().StartWith("late  ", "a low window has no room for output");
        Lines(80, 24).Should().HaveCount(24);
        Lines(80, 24, "early")[^2].Should().StartWith("early  ", "its output has not been read");
    }

    [Fact]
    public void Both_streams_are_shown_line_by_line_in_the_order_of_arrival()
    {
        var follow = Output.Begin("late");
        Print(follow, "on");
        Print(follow, "oops\n", OutputStream.Stderr);
        Print(follow, "e\nt");
        Print(follow, "wo\nlast");

        Output.Last(10).Should().Equal(
            new(Style.Yellow, "oops"), new(null, "one"), new TopOutputLine(null, "two"), new TopOutputLine(null, "last"));
    }

    [Fact]
    public void A_character_may_be_split_between_parts()
    {
        var follow = Output.Begin("late");
        var bytes = Encoding.UTF8.GetBytes("ä€😀\n");
        foreach (var one in bytes)
            Output.Take(follow, OutputStream.Stdout, new OutputPart { Data = new[] { one }, Offset = 1, Run = 1 });

        Output.Last(1).Single().Text.Should().Be("ä€😀");
    }

    [Fact]
    public void Another_job_another_run_and_another_follow_begin_again()
    {
        var first = Output.Begin("late");
        Print(first, "one\n");
        Print(first, "two\n", run: 2);
        Output.Last(9).Select(line => line.Text).Should().Equal("two");

        var second = Output.Begin("late");
        Print(first, "of the first follow\n");
        Output.Last(9).Select(line => line.Text).Should().Equal("two");
        Print(second, "three\n", run: 2);
        Output.Last(9).Select(line => line.Text).Should().Equal("three");

        Output.Begin("early");
        Output.Last(9).Should().BeEmpty();
    }

    [Fact]
    public void The_reason_for_missing_output_takes_its_place()
    {
        var follow = Output.Begin("late");

        Output.Explain(follow, "node 'n1' is\noffline");

        Output.Last(3).Should().Equal(new TopOutputLine(Style.Dim, @"node 'n1' is\noffline"));
    }

    [Fact]
    public void Memory_is_bounded()
    {
        var follow = Output.Begin("late");
        Print(follow, string.Concat(Enumerable.Range(0, 500).Select(number => $"{number}\n")) + new string('x', 100_000));

        Output.Last(1000).Should().HaveCount(101);
        Output.Last(1).Single().Text.Should().HaveLength(4096);
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("\e[31mred\e[0m \e[1;5Hx", "red x")]
    [InlineData("\e]0;title\aafter", "after")]
    [InlineData("\e]8;;http://x\e\\link", "link")]
    [InlineData("\ePq#0;2\e\\after", "after")]
    [InlineData("\u009b2Jx\e(Bx\ec", "xx")]
    [InlineData("\e]0;without an end", "")]
    [InlineData("10%\r20%\r30%", "30%")]
    [InlineData("10%\r20%\r", "20%")]
    [InlineData("a\tb\tc", "a       b       c")]
    [InlineData("bell\a back\b\0", @"bell\u0007 back\u0008\u0000")]
    [InlineData("\e", @"\u001b")]
    public void Control_characters_have_no_effect(string printed, string shown) => HarmlessLine.Of(printed).Should().Be(shown);

    [Fact]
    public void No_control_character_of_a_job_reaches_the_terminal()
    {
        var follow = Output.Begin("late");
        Print(follow, "\e[2J\e[H\e]0;x\a\u009b2J\r\n\u2028\n\e[\n\ePx\n\e");

        var lines = Lines(80, 24).Select(line => line.Replace("\e[7m", "").Replace("\e[0m", ""));

        lines.Should().OnlyContain(line => !line.Any(char.IsControl));
    }

    private void Print(int follow, string text, OutputStream stream = OutputStream.Stdout, int run = 1) =>
        Output.Take(follow, stream, new OutputPart { Data = Encoding.UTF8.GetBytes(text), Offset = text.Length, Run = run });

    private string[] Lines(int width, int height, string selected = "late")
    {
        var list = new TopList(_model);
        var page = new TopPage("head1:13700", width, height, hasColor: false);
        return [.. page.Lines(_model, list, new PoolList(_model), list.Follow(new TopChoices { Selected = selected }), Some.Now)];
    }
}
