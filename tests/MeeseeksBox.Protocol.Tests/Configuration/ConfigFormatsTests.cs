using System.Text;
using MeeseeksBox.Configuration;

namespace MeeseeksBox.Protocol.Tests.Configuration;

/// <summary><c>%(key)s</c> in the texts of a configuration, as in the original since December 2020.</summary>
public sealed class ConfigFormatsTests
{
    private readonly ConfigDiagnostics _diagnostics = new();

    [Theory]
    [InlineData("""{"base":"/srv","f":"%(base)s/x"}""", """{"base":"/srv","f":"/srv/x"}""")]
    [InlineData("""{"s":{"f":"%(b.c)s-%(n)s"},"b":{"c":"x"},"n":7}""", """{"s":{"f":"x-7"},"b":{"c":"x"},"n":7}""")]
    [InlineData("""{"a":"%(b)s!","b":"%(c)s?","c":"x"}""", """{"a":"x?!","b":"x?","c":"x"}""")]
    [InlineData("""{"l":["%(a)s","y",1,null],"a":true}""", """{"l":["true","y",1,null],"a":true}""")]
    [InlineData("""{"a":"50%% of %(b)s","b":1.50}""", """{"a":"50% of 1.50","b":1.50}""")]
    public void A_reference_is_replaced_by_the_value_of_its_key(string written, string expanded)
    {
        Expanded(written).Should().Be(expanded);
        _diagnostics.Warnings.Should().BeEmpty();
    }

    [Theory]
    [InlineData("""{"a":"100%","b":"%d","c":"50%%"}""")]
    [InlineData("""{"jobs":[{"args":["%(x)s"]}],"x":1}""")]
    public void A_text_without_a_reference_and_an_object_in_a_list_are_unchanged(string written)
    {
        Expanded(written).Should().Be(written);
        _diagnostics.Warnings.Should().BeEmpty();
    }

    [Theory]
    [InlineData("""{"a":"%(b)s%(nosuch)s","b":"x"}""", "no key 'nosuch' with a text or a number is set")]
    [InlineData("""{"a":"%(b)s","b":{}}""", "no key 'b' with a text or a number is set")]
    [InlineData("""{"a":"%(b)s","b":null}""", "no key 'b' with a text or a number is set")]
    [InlineData("""{"a":"%(b)s 5%","b":"x"}""", "it contains a single %; write %% for a percent sign")]
    [InlineData("""{"a":"%(b)d","b":1}""", "it contains a single %; write %% for a percent sign")]
    [InlineData("""{"a":"%(a)s"}""", "a: the key 'a' refers to itself")]
    public void A_text_that_cannot_be_expanded_completely_is_unchanged_with_a_warning(string written, string reason)
    {
        Expanded(written).Should().Be(written);
        _diagnostics.Warnings.Should().ContainSingle().Which.Should().StartWith("test: a: ").And.EndWith(reason);
    }

    [Fact]
    public void Kept_sections_are_unchanged()
    {
        const string Written = """{"logging":{"format":"%(name)s"},"name":"n1"}""";

        Expanded(Written, "logging").Should().Be(Written);
        _diagnostics.Warnings.Should().BeEmpty();
    }

    [Fact]
    public void Secrets_are_neither_expanded_nor_resolved()
    {
        var result = Expand("""{"a":"%(listen.ssl.pass)s","listen":{"ssl":{"pass":"x%(b)s"}},"b":"y"}""");

        Secret(result.Tree).Should().Be("x%(b)s");
        result.Tree.TryGet("a", out var copy).Should().BeTrue();
        ((ConfigScalar)copy!).Text.Should().Be("%(listen.ssl.pass)s");
    }

    [Fact]
    public void Keys_with_references_are_known()
    {
        Expand("""{"a":"%(b.c)s%(d)s","b":{"c":1},"d":2,"e":3}""").UsedKeys.Should().BeEquivalentTo("b", "d");
    }

    [Fact]
    public void Texts_that_double_each_other_have_a_maximum_length()
    {
        var keys = Enumerable.Range(0, 40).Select(n => $"\"k{n}\":\"%(k{n + 1})s%(k{n + 1})s\"");

        Expanded($$"""{"k40":"0123456789",{{string.Join(',', keys)}}}""").Should().Contain("\"k0\":\"%(k1)s%(k1)s\"");
        _diagnostics.Warnings.Should().Contain(warning => warning.EndsWith("the result would be too long"));
    }

    [Theory]
    [InlineData(40, "%(k{0})s%(k{0})s")]
    [InlineData(100_000, "%(k{0})s")]
    public void Texts_that_refer_to_each_other_have_bounded_time_and_stack(int count, string format)
    {
        var keys = Enumerable.Range(0, count).Select(n => $"\"k{n}\":\"{string.Format(format, n + 1)}\"");

        Expanded($$"""{"k{{count}}":"",{{string.Join(",\n", keys)}}}""").Should().Contain("\"k0\":\"%(k1)s");
        _diagnostics.Warnings.Should().Contain(warning => warning.EndsWith("too many nested references"));
    }

    private static string Secret(ConfigObject tree)
    {
        foreach (var key in new[] { "listen", "ssl" })
            tree = tree.TryGet(key, out var child) ? (ConfigObject)child : tree;
        return tree.TryGet("pass", out var value) ? ((ConfigScalar)value).Text : string.Empty;
    }

    private string Expanded(string json, params string[] kept) => ConfigJson.Compact(Expand(json, kept).Tree);

    private ExpandedConfig Expand(string json, params string[] kept) =>
        ConfigFormats.Expand(ConfigFile.Parse(Encoding.UTF8.GetBytes(json), "test", _diagnostics)!, kept, _diagnostics);
}
