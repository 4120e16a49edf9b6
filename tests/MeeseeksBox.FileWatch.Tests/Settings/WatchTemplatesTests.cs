using MeeseeksBox.Configuration;
using MeeseeksBox.WatchAgent.Configuration;

namespace MeeseeksBox.FileWatch.Tests.Settings;

/// <summary>The keys <c>template</c>, <c>apply</c> and <c>defaults</c> (docs/SPECIFICATION.md#templates).</summary>
public sealed class WatchTemplatesTests
{
    private const string Jobs = """ "glob":"*","jobs":[{"pool":"p","args":["x"]}] """;

    [Fact]
    public void A_watch_takes_its_template_and_overrides_it()
    {
        var watch = Read("""template.t={"path":"/t","refresh":1,"rescan":2,""" + Jobs + "}", """watch.w={"template":"t","rescan":3}""")
            .Watches.Single();

        (watch.Path, watch.Refresh, watch.Rescan).Should().Be(("/t", TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3)));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("")]
    public void A_template_with_a_null_name_applies_to_every_watch_below_its_own(string name)
    {
        var watches = Read(
            $$$"""template={"{{{name}}}":{"path":"/null","refresh":1,"rescan":1,{{{Jobs}}}},"t":{"refresh":2}}""",
            "watch.a=",
            """watch.b={"template":"t"}""").Watches;

        watches.Select(watch => (watch.Name, watch.Path, watch.Refresh.TotalSeconds, watch.Rescan.TotalSeconds))
            .Should().Equal(("a", "/null", 1, 1), ("b", "/null", 2, 1));
    }

    [Fact]
    public void Later_extended_templates_override_earlier_ones_and_template_overrides_all()
    {
        var watch = Read(
            """template={"s":{"refresh":1,"rescan":1,"min_age":1},"t":{"refresh":2,"min_age":2},"u":{"min_age":3}}""",
            "watch.w={\"extends\":[\"s\",\"t\"],\"template\":\"u\",\"path\":\"/\"," + Jobs + "}").Watches.Single();

        (watch.Name, watch.Refresh.TotalSeconds, watch.Rescan.TotalSeconds, watch.MinAge.TotalSeconds).Should().Be(("w", 2, 1, 3));
    }

    [Fact]
    public void Extends_may_be_a_single_name_and_may_be_nested()
    {
        var watch = Read(
            "template={\"base\":{\"path\":\"/base\",\"refresh\":1},\"t\":{\"extends\":\"base\",\"refresh\":2," + Jobs + "}}",
            "watch.w.extends=t").Watches.Single();

        (watch.Name, watch.Path, watch.Refresh.TotalSeconds).Should().Be(("w", "/base", 2));
    }

    [Theory]
    [InlineData("""{"template":"t","+glob":["*.c"]}""", "*.a *.b *.c")]
    [InlineData("""{"template":"t","glob+":["*.c"]}""", "*.c *.a *.b")]
    [InlineData("""{"template":"t","-glob":["*.a"]}""", "*.b")]
    [InlineData("""{"template":"t","-glob":["*.a"],"+glob":["*.c","*.d"]}""", "*.b *.c *.d")]
    [InlineData("""{"extends":["t","u"]}""", "*.a *.b *.u")]
    [InlineData("""{"template":"t","!glob":null,"glob":"*.c"}""", "*.c")]
    public void A_marked_key_of_a_watch_changes_the_list_of_its_template(string watch, string globs)
    {
        var read = Read(
            """template.t={"glob":["*.a","*.b"],"path":"/","jobs":[{"pool":"p","args":["x"]}]}""",
            """template.u={"+glob":["*.u"]}""",
            $"watch.w={watch}");

        string.Join(' ', read.Watches.Single().Globs.Select(glob => glob.ToString())).Should().Be(globs);
    }

    [Fact]
    public void Marks_of_several_layers_are_kept_for_the_template_and_a_marked_watch_is_deleted()
    {
        var read = Read(
            "template.t={\"glob\":[\"*.a\"],\"path\":\"/\",\"jobs\":[{\"pool\":\"p\",\"args\":[\"x\"]}]}",
            """watch={"w":{"template":"t","+glob":["*.b"]},"v":{"template":"t"}}""", """watch={"w":{"+glob":["*.c"]},"!v":null}""");

        read.Watches.Single().Globs.Select(glob => glob.ToString()).Should().Equal("*.a", "*.b", "*.c");
    }

    [Fact]
    public void A_template_that_extends_itself_is_an_error()
    {
        var result = WatcherConfigurationReader.Read(
            ["template={\"a\":{\"extends\":\"b\"},\"b\":{\"extends\":\"a\"," + Jobs + "}}", """watch.w={"path":"/","extends":"a"}"""]);

        result.Problems.Should().Contain("command line: template.a.extends: it extends itself: a, b, a");
    }

    [Fact]
    public void Apply_applies_a_template_to_all_watches_and_prefixes_their_names()
    {
        var watches = Read(
            "apply=t",
            "template.t={" + Jobs + ",\"refresh\":5}",
            "watch.name1.path=/path1",
            """watch.name2={"path":"/path2","refresh":6}""").Watches;

        watches.Select(watch => (watch.Name, watch.Path, watch.Refresh.TotalSeconds))
            .Should().Equal(("t-name1", "/path1", 5), ("t-name2", "/path2", 6));
    }

    [Fact]
    public void Apply_is_below_the_template_of_a_watch()
    {
        Read("apply=t", "template={\"t\":{\"path\":\"/t\",\"refresh\":1," + Jobs + "},\"own\":{\"refresh\":2}}", "watch.w.template=own")
            .Watches.Single()
            .Refresh.TotalSeconds.Should().Be(2);
    }

    [Fact]
    public void Defaults_are_the_defaults_of_client_and_of_each_watch()
    {
        var config = Read("defaults.refresh=7", "defaults.timeout=3", "watch.w={\"path\":\"/\"," + Jobs + "}");

        (config.Client.Timeout.TotalSeconds, config.Client.Refresh.TotalSeconds, config.Watches.Single().Refresh.TotalSeconds)
            .Should().Be((3, 7, 7));
    }

    [Fact]
    public void Null_in_a_watch_removes_a_key_of_its_template()
    {
        Read("template={\"null\":{\"max_age\":5," + Jobs + "}}", """watch.w={"path":"/","max_age":null}""").Watches.Single().MaxAge
            .Should().BeNull();
    }

    [Theory]
    [InlineData("apply=nosuch", "command line: apply: there is no template 'nosuch'; the nearest one is 't'")]
    [InlineData("watch.w.template=nosuch", "command line: watch.w.template: there is no template 'nosuch'; the nearest one is 't'")]
    [InlineData("watch.w.template=true", "command line: watch.w.template: true is not the name of a template")]
    [InlineData("watch.w=3", "command line: watch.w: 3 stands where an object is wanted")]
    [InlineData("template=3", "command line: template: 3 stands where an object is wanted")]
    public void Invalid_templates_are_problems(string word, string problem)
    {
        WatcherConfigurationReader.Read(["template.t.path=/", "watch.w.path=/", word]).Problems.Should().Contain(problem);
    }

    [Fact]
    public void The_merged_configuration_shows_watches_with_their_templates_applied()
    {
        var tree = WatcherConfigurationReader.Read(["apply=t", "template.t={" + Jobs + "}", "watch.a.path=/a"]).Tree;

        ConfigJson.Compact(tree).Should().Be("""{"watch":{"t-a":{"glob":"*","jobs":[{"pool":"p","args":["x"]}],"path":"/a"}}}""");
    }

    private static WatcherConfig Read(params string[] words)
    {
        var result = WatcherConfigurationReader.Read(words);
        result.Warnings.Should().BeEmpty();
        return result.Config ?? throw new InvalidOperationException(string.Join('\n', result.Problems));
    }
}
