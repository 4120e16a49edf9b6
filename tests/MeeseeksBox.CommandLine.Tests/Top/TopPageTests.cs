using System.Text.RegularExpressions;
using MeeseeksBox.CommandLine.Output;
using MeeseeksBox.CommandLine.Top;
using MeeseeksBox.Foundation.Text;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.CommandLine.Tests.Top;

/// <summary>The rendering of the live screen.</summary>
public sealed class TopPageTests
{
    private readonly TopModel _model = Some.Model();

    [Fact]
    public void Nodes_pools_and_jobs_are_tables()
    {
        var lines = Lines(80, 24, new TopChoices { Selected = "bad", Index = 5 });

        lines.Select(Plain).Should().Equal("""
            meeseeks top  head1:13700  1 of 2 nodes online                          00:16:40
            7 jobs: 2 new, 2 running, 1 done, 1 failed, 1 killed                    by state

            NODE  STATE      LOAD  POOL  RUNNING  WAITING     SLOTS
            n1    online      1.5  gone        0        0  draining
                                   p           2        0         4  ■■··
                                   wide        1        0  no limit
            n2    offline          p           0        0         2  ··
            -                      p           0        2

            ID        TAGS     NODE  POOL  FLAGS  STATE      RC    TIME  COMMAND
            early              n1    wide         running        15m00s  sleep 99
            late      x,night  n1    p            running         1m05s  sleep 9
            dying              n1    p            killed            50s  sleep 9
            first              -     p     H      new            16m34s  true
            second             -     p            new            16m33s  true
            bad                n1    p     E      failed      3      3s  false
            ok                 n1    p            done        0   1m30s  true




            bad  failed, p@n1  no\nluck
            q quit  / filter  k kill  s sort  e ended  n nodes/jobs  ↑↓ PgUp PgDn move
            """.Split('\n'));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(20, 5)]
    [InlineData(40, 12)]
    [InlineData(80, 24)]
    [InlineData(200, 50)]
    public void No_screen_is_larger_than_the_window(int width, int height)
    {
        foreach (var choices in Views())
        {
            var lines = Lines(width, height, choices);

            lines.Should().HaveCountLessThanOrEqualTo(Math.Max(height, 2));
            lines.Should().OnlyContain(line => TextWidth.Of(Plain(line)) <= width);
        }
    }

    [Theory]
    [InlineData(100, "TAGS                   ", "nightly,backup,france")]
    [InlineData(81, "TAGS    ", "night…")]
    [InlineData(78, "NODE  ", null)]
    public void Tags_are_cut_before_they_are_omitted(int width, string column, string? tags)
    {
        var model = Some.Model(new Job
        {
            Id = "backup-of-france",
            Spec = new() { Pool = "p", Tags = ["nightly", "backup", "france"], Args = ["rsync", "-a", "/srv/data", "/backup"] },
            Status = new() { Node = "n1", State = JobState.Running },
        });

        var lines = Lines(model, width);

        lines[1].Should().StartWith("1 job: ");
        lines.Should().Contain(line => line.StartsWith($"ID                {column}"));
        lines.Select(Plain).Should().Contain(line => line.StartsWith($"backup-of-france  {tags ?? "n1"}  "));
    }

    [Fact]
    public void Long_ids_are_cut_to_make_room_for_flags()
    {
        var model = Some.Model(new Job
        {
            Id = "01a213ae-5db9-7e26-8292-5c26ed8d8af0",
            Spec = new() { Pool = "p1", Hold = true, Args = [new string('x', 100)] },
            Status = new() { Node = "node1", State = JobState.New },
        });

        var lines = Lines(model, width: 80);

        lines.Select(Plain).Should().Contain(line => line.StartsWith("01a213ae-5db9-…  node1  p1    H      new  "));
    }

    [Fact]
    public void The_selected_job_is_always_on_the_screen()
    {
        var jobs = Enumerable.Range(0, 5000)
            .Select(n => new Job
            {
                Id = $"j{n}",
                Spec = new() { Pool = "p", Args = ["true"] },
                Status = new() { State = JobState.New, SubmitTs = n },
            });
        var model = Some.Model([.. jobs]);
        var list = new TopList(model);
        foreach (var index in new[] { 0, 1, 17, 2500, 4998, 4999 })
        {
            var choices = list.Select(list.Follow(new TopChoices()), index);

            var lines = new TopPage("head1:13700", 80, 24, hasColor: false).Lines(model, list, new PoolList(model), choices, Some.Now);

            lines.Should().ContainSingle(line => line.Contains("\e[7m")).Which.Should().Contain($"j{index} ");
        }
    }

    [Fact]
    public void A_lost_connection_is_shown_and_the_last_state_stays()
    {
        _model.Lose("no meeseeks-box at head1:13700: connection refused");

        var lines = Lines(80, 24, new TopChoices());

        lines[0].Should().Contain("disconnected, trying again");
        lines[^2].Should().Be("no meeseeks-box at head1:13700: connection refused");
        lines.Should().Contain(line => line.Contains("early"));
    }

    [Fact]
    public void The_bottom_line_shows_questions_messages_and_the_filter()
    {
        Lines(80, 24, new TopChoices { PendingKillId = "early" })[^1].Should().StartWith("kill early (running, wide@n1)? y: yes");
        Lines(48, 24, new TopChoices { PendingKillId = "early" })[^1].Should().Be("kill early? y: yes, any other key: no");
        Lines(34, 24, new TopChoices { PendingKillId = "early" })[^1].Should().Be("kill e…? y: yes, any other key: no");
        Lines(80, 24, new TopChoices { Message = "early killed" })[^1].Should().Be("early killed");
        Lines(80, 24, new TopChoices { Filter = "sleep" })[^1].Should().StartWith("/sleep  q quit");
        Lines(80, 24, new TopChoices { Filter = "sl", FilterBefore = "" })[^1].Should().StartWith("/sl█");
        Lines(80, 24, new TopChoices { Filter = "sleep" })[1].Should().EndWith("3 shown, by state");
        Lines(60, 24, new TopChoices { Filter = "sleep" })[1].Should().EndWith("1 killed");
    }

    [Fact]
    public void Colours_are_printed_only_if_enabled()
    {
        var plain = Lines(80, 24, new TopChoices { Selected = "early" });
        var coloured = Lines(80, 24, new TopChoices { Selected = "early" }, hasColor: true);

        string.Concat(plain).Replace("\e[7m", "").Replace("\e[0m", "").Should().NotContain("\e");
        coloured.Should().Contain(line => line.Contains($"\e[{Style.Red}mfailed"));
        coloured.Select(Plain).Should().Equal(plain.Select(Plain));
    }

    [Fact]
    public void Control_characters_in_attributes_do_not_reach_the_terminal()
    {
        var model = Some.Model(new Job
        {
            Id = "a\e[2Jb",
            Spec = new() { Pool = "\u009b2J", Tags = ["\a"], Args = ["\r\e[H"] },
            Status = new() { Node = "n\n1", State = JobState.Failed, Error = "\e]0;x\a" },
        });
        var list = new TopList(model);

        var choices = list.Follow(new TopChoices());
        TopChoices[] all = [choices, choices with { PendingKillId = choices.Selected }, choices with { Part = TopPart.Nodes }];
        var screens = all.SelectMany(
            wanted => new TopPage("head1:13700", 200, 24, hasColor: false).Lines(model, list, new PoolList(model), wanted, Some.Now));

        screens.Select(Plain).Should().OnlyContain(line => !line.Any(char.IsControl));
    }

    private static IEnumerable<TopChoices> Views() =>
        from part in Enum.GetValues<TopPart>()
        from index in new[] { 0, 6 }
        select new TopChoices { Part = part, Index = index, Selected = Some.Jobs[index].Id, FirstNode = index };

    private static string Plain(string line) => Regex.Replace(line, "\e\\[[0-9;]*m", "").TrimEnd();

    private static IReadOnlyList<string> Lines(TopModel model, int width)
    {
        var list = new TopList(model);
        var page = new TopPage("head1:13700", width, 24, hasColor: false);
        return page.Lines(model, list, new PoolList(model), list.Follow(new TopChoices()), Some.Now);
    }

    private IReadOnlyList<string> Lines(int width, int height, TopChoices choices, bool hasColor = false)
    {
        var list = new TopList(_model);
        var page = new TopPage("head1:13700", width, height, hasColor);
        return page.Lines(_model, list, new PoolList(_model), list.Follow(choices), Some.Now);
    }
}
