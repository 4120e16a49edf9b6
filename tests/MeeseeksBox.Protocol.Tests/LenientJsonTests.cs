namespace MeeseeksBox.Protocol.Tests;

// docs/SPECIFICATION.md#numbers-and-booleans
public sealed class LenientJsonTests
{
    [Theory]
    [InlineData("true", true)]
    [InlineData("1", true)]
    [InlineData("1.0", true)]
    [InlineData("\"1\"", true)]
    [InlineData("\"true\"", true)]
    [InlineData("false", false)]
    [InlineData("0", false)]
    [InlineData("\"0\"", false)]
    [InlineData("\"false\"", false)]
    [InlineData("\"\"", false)]
    [InlineData("null", false)]
    public void A_boolean_is_read_in_every_loose_form(string json, bool expected)
    {
        LenientJson.TryBoolean(Some.Json(json), out var truth).Should().BeTrue();

        truth.Should().Be(expected);
    }

    [Theory]
    [InlineData("2")]
    [InlineData("-1")]
    [InlineData("1e999")]
    [InlineData("\"yes\"")]
    [InlineData("[]")]
    [InlineData("[1]")]
    [InlineData("{}")]
    public void A_value_that_is_neither_true_nor_false_is_rejected(string json) =>
        LenientJson.TryBoolean(Some.Json(json), out _).Should().BeFalse();

    [Theory]
    [InlineData("60", 60)]
    [InlineData("\"60\"", 60)]
    [InlineData("\"1.5\"", 1.5)]
    [InlineData("\"1e3\"", 1000)]
    [InlineData("-0.25", -0.25)]
    public void A_number_may_be_in_quotes(string json, double expected)
    {
        LenientJson.TryNumber(Some.Json(json), out var number).Should().BeTrue();

        number.Should().Be(expected);
    }

    [Theory]
    [InlineData("1e999")]
    [InlineData("\"1e999\"")]
    [InlineData("\"NaN\"")]
    [InlineData("\"Infinity\"")]
    [InlineData("\"1,000\"")]
    [InlineData("\"\"")]
    [InlineData("true")]
    [InlineData("null")]
    [InlineData("[1]")]
    public void A_value_that_is_not_a_finite_number_is_rejected(string json) =>
        LenientJson.TryNumber(Some.Json(json), out _).Should().BeFalse();

    [Theory]
    [InlineData("3", 3)]
    [InlineData("3.0", 3)]
    [InlineData("\"3\"", 3)]
    [InlineData("-2147483648", int.MinValue)]
    public void A_whole_number_may_be_written_with_a_point(string json, int expected)
    {
        LenientJson.TryInt32(Some.Json(json), out var whole).Should().BeTrue();

        whole.Should().Be(expected);
    }

    [Theory]
    [InlineData("1.5")]
    [InlineData("2147483648")]
    [InlineData("\"1e10\"")]
    [InlineData("1e999")]
    public void A_number_that_is_not_whole_or_out_of_range_is_rejected(string json) =>
        LenientJson.TryInt32(Some.Json(json), out _).Should().BeFalse();

    [Theory]
    [InlineData("1", "1")]
    [InlineData("1.50", "1.50")]
    [InlineData("\"007\"", "007")]
    public void A_number_becomes_the_text_that_was_written(string json, string expected)
    {
        LenientJson.TryString(Some.Json(json), out var text).Should().BeTrue();

        text.Should().Be(expected);
    }

    [Theory]
    [InlineData("\"a\"", "a")]
    [InlineData("5", "5")]
    [InlineData("[\"a\",1,null]", "a,1")]
    [InlineData("[null]", "")]
    [InlineData("[]", "")]
    public void A_single_text_is_a_list_of_one_and_null_elements_are_omitted(string json, string expected)
    {
        LenientJson.TryStrings(Some.Json(json), out var texts).Should().BeTrue();

        string.Join(',', texts).Should().Be(expected);
    }

    [Theory]
    [InlineData("true", "1", "\"1\"")]
    [InlineData("false", "0", "\"0\"")]
    [InlineData("60", "60.0", "6e1")]
    public void Equal_values_have_one_canonical_text(params string[] forms) =>
        forms.Select(form => LenientJson.Canonical(Some.Json(form))).Distinct().Should().ContainSingle();

    [Fact]
    public void A_long_value_is_shown_shortened_and_on_one_line()
    {
        var shown = LenientJson.Show(Some.Json($"\"a\\nb{new string('x', 100)}\""));

        shown.Should().HaveLength(60).And.StartWith("'a bxx").And.EndWith("...");
        LenientJson.Show(Some.Json($"[1,\n{new string('1', 10_000)}]")).Should().HaveLength(60).And.StartWith("[1, 111");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_value_is_never_cut_inside_a_character(int offset)
    {
        var text = new string('x', offset) + string.Concat(Enumerable.Repeat("😀", 60));

        LenientJson.Show(Some.Json($"\"{text}\"")).Where(char.IsSurrogate)
            .Should().HaveCountGreaterThan(40).And.Subject.Count().Should().Match(count => count % 2 == 0);
        LenientJson.Show(Some.Json($"[\"{text}\"]")).EnumerateRunes().Should().NotContain(System.Text.Rune.ReplacementChar);
    }
}
