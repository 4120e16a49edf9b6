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
    public void A_name_matches_as_in_the_shell(string pattern, string name, bool matches)
    {
        Glob.Parse(pattern).Matches(name).Should().Be(matches);
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
    }
}
