using System.Text;
using System.Text.Json;
using CsCheck;
using MeeseeksBox.Configuration;

namespace MeeseeksBox.Protocol.Tests.Configuration;

/// <summary>Reading config files, and the errors of invalid ones (docs/SPECIFICATION.md#configuration-errors).</summary>
public sealed class ConfigFileTests
{
    [Fact]
    public void Comments_and_trailing_commas_are_accepted()
    {
        var diagnostics = new ConfigDiagnostics();

        var tree = Parse("""
            // the head
            { "a": [1, 2,], /* and */ "b": {"c": true,}, // the end
            }
            """, diagnostics);

        ConfigJson.Compact(tree!).Should().Be("""{"a":[1,2],"b":{"c":true}}""");
        diagnostics.Problems.Should().BeEmpty();
    }

    [Fact]
    public void A_byte_order_mark_is_accepted()
    {
        var tree = ConfigFile.Parse([0xEF, 0xBB, 0xBF, .. "{}"u8], "x.cfg", new ConfigDiagnostics());

        tree!.Origin.Should().Be(new SourceLocation("x.cfg", 1, 1));
    }

    [Fact]
    public void Each_value_has_its_source_location()
    {
        var tree = Parse("{\n  \"größe\": \"ä\", \"b\": {\n    \"c\": 1 }\n}", new ConfigDiagnostics());

        tree!.TryGet("b", out var section).Should().BeTrue();
        section!.Origin.Should().Be(new SourceLocation("x.cfg", 2, 22));
        ((ConfigObject)section).Members[0].Value.Origin.ToString().Should().Be("x.cfg:3:10");
    }

    [Theory]
    [InlineData("{\n  \"a\": 1\n  \"b\": 2\n}", "x.cfg:3:3: expected a comma or '}', found '\"'")]
    [InlineData("{\"a\": [1 2]}", "x.cfg:1:10: expected a comma or ']', found '2'")]
    [InlineData("{\"größe\": x}", "x.cfg:1:11: 'x' is not a value: text needs double quotes")]
    [InlineData("{\"a\": True}", "x.cfg:1:7: 'True' is not a value: write true")]
    [InlineData("{\"a\": None}", "x.cfg:1:7: 'None' is not a value: write null")]
    [InlineData("{\"a\": 007}", "x.cfg:1:7: '007' is not a number")]
    [InlineData("{\"a\": 1.}", "x.cfg:1:7: '1.' is not a number")]
    [InlineData("{\"a\": ,}", "x.cfg:1:7: expected a value, found ','")]
    [InlineData("{\"a\": 'x'}", "x.cfg:1:7: expected a value, found ''': text needs double quotes, not single ones")]
    [InlineData("{a: 1}", "x.cfg:1:2: expected a key in double quotes or '}', found 'a'")]
    [InlineData("{\"a\" 1}", "x.cfg:1:6: expected a colon after the key \"a\", found '1'")]
    [InlineData(
        "{\"a\": 1, # why\n}",
        "x.cfg:1:10: expected a key in double quotes or '}', found '#': a comment starts with // or is enclosed in /* */")]
    [InlineData("{\"a\": \"x\n\"}", "x.cfg:1:7: the text that starts here has no closing double quote on its line")]
    [InlineData("{\"a\": \"x\ty\"}", "x.cfg:1:9: unescaped control character in a text: write \\u0009")]
    [InlineData("{\"a\": \"c:\\dir\"}", "x.cfg:1:10: invalid escape: for a backslash itself write \\\\")]
    [InlineData("{\"a\": \"\\ud800\"}", "x.cfg:1:7: a \\u escape in this text is half of a surrogate pair")]
    [InlineData(
        "{\"a\": [1, 2",
        "x.cfg:1:12: expected a comma or ']', found the end of the text: the '[' at line 1, column 7 is not closed")]
    [InlineData(
        "{\n\"a\": 1,\n",
        "x.cfg:3:1: expected a key in double quotes or '}', found the end of the text: the '{' at line 1, column 1 is not closed")]
    [InlineData("{\"a\": 1} x", "x.cfg:1:10: 'x' found after the end of the value")]
    [InlineData("{\"a\": 1}}", "x.cfg:1:9: '}' found after the end of the value")]
    [InlineData("{\"a\": 1]", "x.cfg:1:8: expected a comma or '}', found ']'")]
    [InlineData("{ /* no end", "x.cfg:1:3: the comment that starts here has no closing */")]
    [InlineData("{ / }", "x.cfg:1:3: a comment starts with // or /*")]
    [InlineData("{\u00a0}", "x.cfg:1:2: expected a key in double quotes or '}', found the character U+00A0")]
    [InlineData("", "x.cfg:1:1: expected a value, found the end of the text")]
    [InlineData("[1]", "x.cfg:1:1: a config file must be one object in { }, not a list")]
    [InlineData("\n 5", "x.cfg:2:2: a config file must be one object in { }, not 5")]
    public void Invalid_JSON_is_reported_with_file_line_and_column(string text, string problem)
    {
        var diagnostics = new ConfigDiagnostics();

        var tree = Parse(text, diagnostics);

        tree.Should().BeNull();
        diagnostics.Problems.Should().Equal(problem);
    }

    [Fact]
    public void Too_deep_nesting_is_a_problem()
    {
        var diagnostics = new ConfigDiagnostics();

        Parse("{\"a\":" + new string('[', 100_000), diagnostics);

        diagnostics.Problems.Should().Equal("x.cfg:1:69: nesting exceeds 64 levels");
    }

    [Fact]
    public void Text_that_is_not_UTF_8_is_a_problem()
    {
        var diagnostics = new ConfigDiagnostics();

        ConfigFile.Parse([.. "{\n\"a\": \""u8, 0xfc, .. "\"}"u8], "x.cfg", diagnostics);

        diagnostics.Problems.Should().Equal("x.cfg:2:7: the byte 0xfc is not UTF-8; save the text as UTF-8");
    }

    [Fact]
    public void A_duplicate_key_is_a_warning_and_the_last_value_counts()
    {
        var diagnostics = new ConfigDiagnostics();

        var tree = Parse("{\"a\": {\"b\": 1},\n \"a\": {\"c\": 2}}", diagnostics);

        ConfigJson.Compact(tree!).Should().Be("""{"a":{"c":2}}""");
        diagnostics.Warnings.Should().Equal("x.cfg:2:2: duplicate key 'a'; the last value counts");
    }

    [Fact]
    public void Any_syntax_error_is_one_problem_on_one_line()
    {
        var valid = """{"a": [1, -2.5e3, "x\n\u00e4", true], /* c */ "ö": {"c": null,}, // d""" + "\n\"e\":{}}";
        var insertion = Gen.OneOf(
            "", "\"", "'", ",", ":", "{", "}", "[", "]", "\\", "/", "*", "#", "x", "0", "-", "\n", "\u0001", "ü", "\u2028");
        var edit = Gen.Select(Gen.Int[0, valid.Length - 1], insertion, Gen.Int[0, 3]);

        edit.Array[1, 4].Sample(edits =>
        {
            var text = edits.Aggregate(valid, (broken, e) => string.Concat(
                broken.AsSpan(0, Math.Min(e.Item1, broken.Length)), e.Item2, broken.AsSpan(Math.Min(e.Item1 + e.Item3, broken.Length))));
            var diagnostics = new ConfigDiagnostics();

            var tree = Parse(text, diagnostics);

            return IsGood(text)
                ? tree is not null && diagnostics.Problems.Count == 0
                : tree is null && diagnostics.Problems is [var problem] && problem.StartsWith("x.cfg:", StringComparison.Ordinal)
                    && !problem.Contains('\n');
        }, iter: 20_000);
    }

    [Fact]
    public void A_missing_file_is_a_problem()
    {
        using var folder = new ConfigFolder();
        var path = System.IO.Path.Combine(folder.Path, "none.cfg");

        folder.Read(path);

        folder.Findings.Problems.Should().Equal($"{path}: the file cannot be read: there is no such file");
    }

    [Fact]
    public void A_directory_in_place_of_a_file_is_a_problem()
    {
        using var folder = new ConfigFolder();

        folder.Read(folder.Path);

        folder.Findings.Problems.Should().Equal($"{folder.Path}: the file cannot be read: it is a folder");
    }

    private static bool IsGood(string text)
    {
        try
        {
            var options = new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };
            using var document = JsonDocument.Parse(text, options);
            return document.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static ConfigObject? Parse(string text, ConfigDiagnostics diagnostics) =>
        ConfigFile.Parse(Encoding.UTF8.GetBytes(text), "x.cfg", diagnostics);
}
