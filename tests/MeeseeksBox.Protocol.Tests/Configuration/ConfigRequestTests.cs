using System.Text.Json;
using MeeseeksBox.Configuration;

namespace MeeseeksBox.Protocol.Tests.Configuration;

/// <summary>Configurations in requests and their answers (docs/SPECIFICATION.md#config-request).</summary>
public sealed class ConfigRequestTests
{
    private readonly ConfigDiagnostics _diagnostics = new();

    [Fact]
    public void A_request_is_merged_by_the_rules_for_a_file()
    {
        var tree = Merge(["pools.p1.slots=1", "pools.p2="], """{"pools": {"p1": {"hold": true}, "!p2": null}}""");

        ConfigJson.Compact(tree).Should().Be("""{"pools":{"p1":{"slots":1,"hold":true}}}""");
        tree.TryGet("pools", out var pools);
        var slots = ((ConfigObject)((ConfigObject)pools!).Members[0].Value).Members[1].Value;
        slots.Origin.ToString().Should().Be("config request");
    }

    [Theory]
    [InlineData("[1]", "config request: expected an object, found a list")]
    [InlineData("\"x\\ny\"", "config request: expected an object, found 'x\\ny'")]
    [InlineData("""{"a": "\ud800"}""", "config request: character 7: a \\u escape in this text is half of a surrogate pair")]
    public void A_request_that_cannot_be_merged_changes_nothing(string sent, string problem)
    {
        var tree = Merge(["a=1"], sent);

        ConfigJson.Compact(tree).Should().Be("""{"a":1}""");
        _diagnostics.Problems.Should().Equal(problem);
    }

    [Fact]
    public void The_password_of_ssl_is_masked_at_any_level()
    {
        string[] words =
        [
            "listen.ssl.pass=x1",
            "listen.ssl.cert=c",
            "defaults.ssl.pass=12",
            "nodes.n.ssl.pass={\"x\":1}",
            "a=[{\"ssl\":{\"pass\":\"x2\"}}]",
            "pass=p",
            "ssl.pass=null",
        ];

        ConfigJson.Compact(ConfigTree.Read(words, _diagnostics)).Should().Be(string.Concat(
            """{"listen":{"ssl":{"pass":"********","cert":"c"}},"defaults":{"ssl":{"pass":"********"}}""",
            ""","nodes":{"n":{"ssl":{"pass":"********"}}},"a":[{"ssl":{"pass":"********"}}],"pass":"p","ssl":{"pass":null}}"""));
    }

    [Fact]
    public void A_masked_password_that_is_sent_back_keeps_the_password()
    {
        var tree = Merge(["listen.ssl.pass=secret"], """{"listen": {"port": 1, "ssl": {"pass": "********"}}}""");

        tree.TryGet("listen", out var listen);
        ((ConfigObject)listen!).TryGet("ssl", out var ssl);
        ((ConfigObject)ssl!).Members.Should().ContainSingle().Which.Value
            .Should().BeOfType<ConfigScalar>().Which.Text.Should().Be("secret");
    }

    [Fact]
    public void The_form_for_people_is_valid_JSON_indented_by_four_spaces()
    {
        var text = ConfigJson.Indented(ConfigTree.Read(["a.b=1.50", "a.c=x<ü>,2"], _diagnostics));

        text.Should().Be(
            "{\n    \"a\": {\n        \"b\": 1.50,\n        \"c\": [\n            \"x<ü>\",\n            2\n        ]\n    }\n}");
        JsonElement.Parse(text).ValueKind.Should().Be(JsonValueKind.Object);
    }

    private ConfigObject Merge(string[] words, string sent) =>
        ConfigTree.Merge(ConfigTree.Read(words, _diagnostics), JsonElement.Parse(sent), _diagnostics);
}
