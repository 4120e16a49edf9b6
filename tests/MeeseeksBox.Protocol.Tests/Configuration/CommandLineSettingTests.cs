using MeeseeksBox.Configuration;

namespace MeeseeksBox.Protocol.Tests.Configuration;

/// <summary>The <c>key.key=value</c> words (docs/SPECIFICATION.md#word-values).</summary>
public sealed class CommandLineSettingTests
{
    [Theory]
    [InlineData("a=5", """{"a":5}""")]
    [InlineData("a=-1", """{"a":-1}""")]
    [InlineData("a=0.25", """{"a":0.25}""")]
    [InlineData("a=12345678901234567890", """{"a":12345678901234567890}""")]
    [InlineData("a=true", """{"a":true}""")]
    [InlineData("a=false", """{"a":false}""")]
    [InlineData("a=null", """{"a":null}""")]
    [InlineData("a={\"b\": [1,], }", """{"a":{"b":[1]}}""")]
    [InlineData("a=[1,{\"b\":2}]", """{"a":[1,{"b":2}]}""")]
    [InlineData("a=x,2,true", """{"a":["x",2,true]}""")]
    [InlineData("a=x,", """{"a":["x"]}""")]
    [InlineData("watch.01=", """{"watch":{"01":{}}}""")]
    [InlineData("a=10.0.0.11", """{"a":"10.0.0.11"}""")]
    [InlineData("a=007", """{"a":"007"}""")]
    [InlineData("a=1.", """{"a":"1."}""")]
    [InlineData("a=1\n", """{"a":"1\n"}""")]
    [InlineData("a=b=c", """{"a":"b=c"}""")]
    [InlineData("a.b.c=/x/y z", """{"a":{"b":{"c":"/x/y z"}}}""")]
    [InlineData("pools.my *-pool ü.slots=1", """{"pools":{"my *-pool ü":{"slots":1}}}""")]
    public void The_type_of_a_word_follows_from_its_form(string word, string json)
    {
        using var folder = new ConfigFolder();

        folder.Read(word).Should().Be(json);
        folder.Findings.Problems.Should().BeEmpty();
    }

    [Theory]
    [InlineData("=5", "command line: '=': a key is empty; write key.key=value")]
    [InlineData("a..b=secret", "command line: 'a..b=': a key is empty; write key.key=value")]
    [InlineData(".a=1", "command line: '.a=': a key is empty; write key.key=value")]
    [InlineData("a.b={\"c\" 1}", "command line: a.b: bad JSON, character 6: expected a colon after the key \"c\", found '1'")]
    [InlineData("a=[1],[2]", "command line: a: bad JSON, character 4: ',' found after the end of the value")]
    public void An_invalid_word_is_reported_with_its_path(string word, string problem)
    {
        using var folder = new ConfigFolder();

        folder.Read(word);

        folder.Findings.Problems.Should().Equal(problem);
    }

    [Fact]
    public void A_word_with_too_many_keys_is_a_problem()
    {
        using var folder = new ConfigFolder();

        folder.Read(string.Join('.', Enumerable.Repeat("a", 50_000)) + "=1");

        folder.Findings.Problems.Should().Equal("command line: 'a…': nesting exceeds 64 levels");
    }

    [Theory]
    [InlineData("a=b", true)]
    [InlineData("state.file=/var/x", true)]
    [InlineData("node1.cfg", false)]
    [InlineData("/etc/a=b.cfg", false)]
    [InlineData("./a=b", false)]
    public void An_argument_with_an_equals_sign_and_no_slash_before_it_is_a_word(string argument, bool isWord)
    {
        CommandLineSetting.IsSetting(argument).Should().Be(isWord);
    }

    [Fact]
    public void Files_are_merged_in_order_and_words_over_them_in_any_position()
    {
        using var folder = new ConfigFolder();
        var first = folder.File("1.cfg", """{"a": 1, "b": 1, "s": {"x": 1, "y": 1}}""");
        var second = folder.File("2.cfg", """{"b": 2, "c": 2, "s": {"y": 2}, "gone": {"z": 1}}""");

        var merged = folder.Read("c=3", first, "s.z=3", second, "s.z=4", "!gone=");

        merged.Should().Be("""{"a":1,"s":{"x":1,"y":2,"z":4},"b":2,"c":3}""");
    }

    [Fact]
    public void Problems_of_all_files_and_words_are_reported()
    {
        using var folder = new ConfigFolder();
        var bad = folder.File("bad.cfg", "{");
        var good = folder.File("good.cfg", """{"a": 1}""");

        var merged = folder.Read("none.cfg", bad, good, "=x");

        merged.Should().Be("""{"a":1}""");
        folder.Findings.Problems.Should().HaveCount(3);
    }

    [Fact]
    public void Words_have_the_command_line_as_their_origin()
    {
        var diagnostics = new ConfigDiagnostics();

        var tree = ConfigTree.Read(["a=1"], diagnostics);

        tree.Members[0].Value.Origin.ToString().Should().Be("command line");
    }
}
