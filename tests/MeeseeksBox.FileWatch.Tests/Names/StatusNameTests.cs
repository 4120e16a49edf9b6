using CsCheck;
using MeeseeksBox.FileWatch.Names;

namespace MeeseeksBox.FileWatch.Tests.Names;

/// <summary>The names of status files (docs/SPECIFICATION.md#status-files).</summary>
public sealed class StatusNameTests
{
    [Theory]
    [InlineData(StatusState.Done, "._in_0_20260101.00.foo.done")]
    [InlineData(StatusState.Failed, "._in_0_20260101.00.foo.failed")]
    [InlineData(StatusState.Killed, "._in_0_20260101.00.foo.killed")]
    [InlineData(StatusState.Mtime, "._in_0_20260101.00.foo.mtime")]
    public void The_name_has_watch_index_file_and_state(StatusState state, string name)
    {
        new StatusName("in").Of(new WorkKey(0, "20260101.00.foo"), state).Should().Be(name);
    }

    [Fact]
    public void Every_name_is_parsed_to_its_parts()
    {
        string[] units = ["_", ".", " ", "%", "\n", "'", "\"", "é", "0", ".done", "a"];
        var odd = Gen.OneOf([.. units.Select(Gen.Const)])
            .Array[1, 6].Select(string.Concat);

        Gen.Select(odd, Gen.Int[0, 1000], odd, Gen.Enum<StatusState>()).Sample((watch, index, file, state) =>
        {
            var names = new StatusName(watch);
            return names.TryParse(names.Of(new WorkKey(index, file), state), out var key, out var read)
                && (key, read) == (new WorkKey(index, file), state);
        });
    }

    [Theory]
    [InlineData("._out_0_a.done")]
    [InlineData("._in_a.done")]
    [InlineData("._in_x_a.done")]
    [InlineData("._in_00_a.done")]
    [InlineData("._in_0_.done")]
    [InlineData("._in_0_a")]
    [InlineData("._in_0_a.running")]
    [InlineData("._in_")]
    [InlineData("._in_.done")]
    [InlineData("in_0_a.done")]
    [InlineData("._in_.tmp")]
    public void Other_names_are_not_parsed(string name)
    {
        new StatusName("in").TryParse(name, out _, out _).Should().BeFalse();
    }

    [Theory]
    [InlineData("a", "a_1", true)]
    [InlineData("a", "a_1_x", true)]
    [InlineData("a", "a_x", false)]
    [InlineData("a", "a1", false)]
    [InlineData("a_1", "a", false)]
    [InlineData("a", "a", false)]
    public void Watches_with_ambiguous_status_files_collide(string watch, string other, bool collide)
    {
        new StatusName(watch).Collides(other).Should().Be(collide);
    }

    [Fact]
    public void An_ambiguous_status_file_has_several_possible_files()
    {
        new StatusName("a").PossibleFiles("._a_1_0_f_2_g.done").Should().Equal("0_f_2_g", "f_2_g", "g");
    }

    [Theory]
    [InlineData("w")]
    [InlineData("meeseeks-watch_t_w")]
    public void The_cleanup_of_the_original_can_split_each_name(string watch)
    {
        var names = new StatusName(watch);

        names.TemporaryOf(7).Split('_').Length.Should().BeGreaterThanOrEqualTo(4);
        names.TryParse(names.TemporaryOf(7), out _, out _).Should().BeFalse();
    }

    [Fact]
    public void Temporary_names_are_recognized()
    {
        var names = new StatusName("w");

        names.IsTemporary(names.TemporaryOf(0)).Should().BeTrue();
        names.IsTemporary(names.TemporaryOf(ulong.MaxValue)).Should().BeTrue();
        names.TemporaryOf(1).Should().NotBe(names.TemporaryOf(2));
        names.IsTemporary("._w_0_.tmp").Should().BeTrue("version 0.1.0 has one name for all");
    }

    [Theory]
    [InlineData("._w_0_a.tmp")]
    [InlineData("._w_0_report-of-today.tmp")]
    [InlineData("._v_0_0000000000000000.tmp")]
    [InlineData("._w_0_0000000000000000.done")]
    [InlineData("._w_0_.tm")]
    public void Names_of_others_are_not_temporary(string name)
    {
        new StatusName("w").IsTemporary(name).Should().BeFalse();
    }
}
