using System.Text.RegularExpressions;
using CsCheck;
using MeeseeksBox.FileWatch.Names;

namespace MeeseeksBox.FileWatch.Tests.Names;

/// <summary>Globs, as in the shell (docs/SPECIFICATION.md#globs).</summary>
public sealed class GlobTests
{
    [Theory]
    [InlineData("*", "a.foo", true)]
    [InlineData("*", ".hidden", false)]
    [InlineData(".*", ".hidden", false)]
    [InlineData("*.foo", "20260101.00.foo", true)]
    [InlineData("*.foo", "20260101.00.foobar", false)]
    [InlineData("*.foo", ".foo", false)]
    [InlineData("*.foo", "a\nb.foo", true)]
    [InlineData("2026*", "20260101", true)]
    [InlineData("2026*", "x20260101", false)]
    [InlineData("?", "ä", true)]
    [InlineData("?", "😀", true)]
    [InlineData("?", "", false)]
    [InlineData("a?c", "abbc", false)]
    [InlineData("[a-c]x", "bx", true)]
    [InlineData("[a-c]x", "dx", false)]
    [InlineData("[!a-c]x", "dx", true)]
    [InlineData("[!a-c]x", "ax", false)]
    [InlineData("[^a-c]x", "dx", true)]
    [InlineData("[]x]", "]", true)]
    [InlineData("[a-]", "-", true)]
    [InlineData("[ä-ö]", "ö", true)]
    [InlineData("[ab", "[ab", true)]
    [InlineData("[ab", "a", false)]
    [InlineData(@"\*", "*", true)]
    [InlineData(@"\*", "a", false)]
    [InlineData("a**b", "ab", true)]
    [InlineData("*a*b*c", "xxaxxbxxc", true)]
    [InlineData("*a*b*c", "xxaxxcxxb", false)]
    [InlineData("*.FOO", "a.foo", false)]
    [InlineData("100%_*", "100%_done", true)]
    [InlineData("*.{dat,txt}", "a.txt", true)]
    [InlineData("*.{dat,txt}", "a.da", false)]
    [InlineData("a{,_{old,new}}", "a_new", true)]
    [InlineData("a{,_{old,new}}", "a", true)]
    [InlineData("*.{dat}", "a.{dat}", true)]
    [InlineData(@"a\{b,c}", "a{b,c}", true)]
    [InlineData("h{00..23}", "h07", true)]
    [InlineData("h{00..23}", "h7", false)]
    [InlineData("{a..c}", "b", true)]
    [InlineData("[[:digit:]]*", "1.dat", true)]
    [InlineData("[[:digit:]]*", "a1.dat", false)]
    [InlineData("[![:digit:]]*", "a1.dat", true)]
    [InlineData("[^[:digit:]_]*", "_1.dat", false)]
    [InlineData("[[:upper:][:digit:]]", "Ä", true)]
    [InlineData("[[:nosuch:]a]", "a", true)]
    [InlineData("[[:digit]", "[:d", false)]
    [InlineData("*", "sub/a", true)]
    [InlineData("*.dat", "sub/deep/a.dat", true)]
    [InlineData("*.dat", ".sub/a.dat", false)]
    [InlineData("*/*.dat", "sub/a.dat", true)]
    [InlineData("*/*.dat", "a.dat", false)]
    [InlineData("*/*.dat", "sub/deep/a.dat", false)]
    [InlineData("2026*/*.dat", "2026/07/a.dat", false)]
    [InlineData("**/a.dat", "a.dat", true)]
    [InlineData("**/a.dat", "sub/deep/a.dat", true)]
    [InlineData("**/a.dat", "sub/.deep/a.dat", false)]
    [InlineData("sub/**", "sub/deep/a.dat", true)]
    [InlineData("sub/**", "sub", false)]
    [InlineData("**/b/**/*.dat", "a/b/c/b/x.dat", true)]
    [InlineData("**/b/*/*.dat", "a/b/c/b/x.dat", false)]
    [InlineData("**", "sub/a", true)]
    [InlineData("{in,out}/*", "out/a", true)]
    public void A_name_matches_as_in_the_shell(string pattern, string name, bool matches)
    {
        Glob.Parse(pattern).Matches(name).Should().Be(matches);
    }

    [Theory]
    [InlineData("alnum", "aZä5", "_ -\t")]
    [InlineData("alpha", "aZä", "5_ -")]
    [InlineData("blank", " \t", "a\n")]
    [InlineData("cntrl", "\t\u007f", "a ")]
    [InlineData("digit", "059", "a٣")]
    [InlineData("graph", "a_5ä", " \t")]
    [InlineData("lower", "aä", "AÄ5")]
    [InlineData("print", "a_5 ", "\t")]
    [InlineData("punct", "_-.+$", "a5 ")]
    [InlineData("space", " \t\n\r", "a_")]
    [InlineData("upper", "AÄ", "aä5")]
    [InlineData("xdigit", "09afAF", "gG")]
    public void Each_class_has_its_characters(string name, string members, string others)
    {
        members.Where(character => !Glob.Parse($"x[[:{name}:]]").Matches($"x{character}")).Should().BeEmpty();
        others.Where(character => !Glob.Parse($"x[![:{name}:]]").Matches($"x{character}")).Should().BeEmpty();
    }

    [Fact]
    public void Stars_and_marks_match_as_a_regular_expression_does()
    {
        var letters = Gen.Char["ab"];
        Gen.Select(Gen.String[Gen.Char["ab*?"], 0, 8], Gen.String[letters, 1, 8]).Sample((pattern, name) =>
        {
            var expected = Regex.IsMatch(name, "^" + Regex.Escape(pattern).Replace("\\*", ".*").Replace("\\?", ".") + "$");

            return Glob.Parse(pattern).Matches(name) == expected;
        });
    }

    [Fact]
    public void A_pattern_of_many_stars_takes_little_time()
    {
        Glob.Parse(string.Concat(Enumerable.Repeat("*a", 200)) + "b").Matches(new string('a', 100_000)).Should().BeFalse();
        Glob.Parse(string.Concat(Enumerable.Repeat("**/*a*/", 200)) + "b").Matches(string.Concat(Enumerable.Repeat("aa/", 1000)) + "a")
            .Should().BeFalse();
    }

    [Theory]
    [InlineData("{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}")]
    [InlineData("{1..1001}")]
    [InlineData("{-9223372036854775807..9223372036854775807}")]
    public void Braces_for_too_many_patterns_are_a_problem(string pattern)
    {
        Glob.Parse(pattern).Problem.Should().Be("its braces stand for more than 1000 patterns");
    }

    [Fact]
    public void A_hostile_pattern_takes_little_time()
    {
        Glob.Parse(new string('{', 4096)).Matches(new string('{', 4096)).Should().BeTrue();
        Glob.Parse(string.Concat(Enumerable.Repeat("{a,", 1000)) + new string('}', 1000)).Problem.Should().NotBeNull();
        Glob.Parse(string.Concat(Enumerable.Repeat("{a,b}", 800))).Problem.Should().NotBeNull();
        Glob.Parse(new string('*', 4097)).Problem.Should().Be("it is longer than 4096 characters");
    }

    [Theory]
    [InlineData("*.dat")]
    [InlineData("*.{dat,txt}")]
    [InlineData("20[0-9]*_?.dat")]
    [InlineData("**/*.dat")]
    public void A_match_allocates_nothing(string pattern)
    {
        var glob = Glob.Parse(pattern);
        _ = glob.Matches("sub/2026_a.dat");
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 1000; i++)
            _ = glob.Matches("sub/2026_a.dat");

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);
    }

    [Theory]
    [InlineData(".*", "names that begin with a dot are never watched, so that '.*' matches nothing")]
    [InlineData("{a,.b}*", "names that begin with a dot are never watched, so that '.b*' matches nothing")]
    [InlineData("a/../*", "names that begin with a dot are never watched, so that '..' matches nothing")]
    [InlineData("[z-a]*", "the range z-a is empty; write a-z")]
    [InlineData(
        "[[:foo:]]",
        "[:foo:] is not a class of characters, which are alnum alpha blank cntrl digit graph lower print punct space upper xdigit")]
    public void What_can_never_match_is_a_fault(string pattern, string fault)
    {
        Glob.Parse(pattern).Faults.Should().Equal(fault);
    }

    [Theory]
    [InlineData("*.dat", "*.dat", true)]
    [InlineData("*", "a?[bc]", true)]
    [InlineData("*.gz", "*.tar.gz", true)]
    [InlineData("*.gz", "*.{gz,tar.gz}", true)]
    [InlineData("*.{gz,bz2}", "a.bz2", true)]
    [InlineData("*.gz", "sub/*.gz", true)]
    [InlineData("*.gz", "*.{gz,bz2}", false)]
    [InlineData("sub/*", "*", false)]
    [InlineData("*.gz", "*gz", false)]
    [InlineData("a*", "*", false)]
    public void A_pattern_covers_another_one_when_it_matches_all_its_files(string pattern, string other, bool covers)
    {
        Glob.Parse(other).IsCoveredBy([Glob.Parse(pattern)]).Should().Be(covers);
    }
}
