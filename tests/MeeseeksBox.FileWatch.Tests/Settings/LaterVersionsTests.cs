using MeeseeksBox.Configuration;
using MeeseeksBox.WatchAgent.Configuration;

namespace MeeseeksBox.FileWatch.Tests.Settings;

/// <summary>Configurations of the later versions of the original (docs/WATCH.md#from-the-original).</summary>
public sealed class LaterVersionsTests
{
    private const string Jobs = """ "glob":"*","jobs":[{"pool":"p","args":["x"]}] """;
    private const string Templates = "template={\"s\":{\"refresh\":1," + Jobs + "},\"t\":{\"refresh\":2," + Jobs + "}}";

    [Fact]
    public void A_list_of_templates_makes_one_watch_for_each_named_after_root_template_and_watch()
    {
        var watches = Read(Templates, """watch.w={"path":"/w","template":["s","t"]}""").Watches;

        watches.Select(watch => (watch.Name, watch.Path, watch.Refresh.TotalSeconds))
            .Should().Equal(("meeseeks-watch_s_w", "/w", 1), ("meeseeks-watch_t_w", "/w", 2));
    }

    [Fact]
    public void The_root_of_the_names_is_the_name_of_the_configuration()
    {
        Names("name=night", Templates, """watch.w={"path":"/w","template":["s","t"]}""").Should().Equal("night_s_w", "night_t_w");
    }

    [Theory]
    [InlineData("defaults.template=s", "meeseeks-watch_s_01", "meeseeks-watch_s_02")]
    [InlineData("defaults.template=s,", "meeseeks-watch_s_01", "meeseeks-watch_s_02")]
    [InlineData("defaults.template=s,t", "meeseeks-watch_s_01", "meeseeks-watch_t_01", "meeseeks-watch_s_02", "meeseeks-watch_t_02")]
    public void The_template_of_the_defaults_applies_to_watches_without_one(string word, params string[] names)
    {
        Names(Templates, word, "watch.01.path=/1", "watch.02.path=/2").Should().Equal(names);
    }

    [Fact]
    public void A_template_of_a_watch_replaces_that_of_the_defaults()
    {
        var watches = Read(Templates, "defaults.template=s", "watch.a.path=/a", """watch.b={"path":"/b","template":"t"}""").Watches;

        watches.Select(watch => (watch.Name, watch.Refresh.TotalSeconds))
            .Should().Equal(("meeseeks-watch_s_a", 1), ("meeseeks-watch_t_b", 2));
    }

    [Fact]
    public void A_watch_without_templates_keeps_its_name()
    {
        Names(Templates, "defaults.template=s", "watch.a.path=/a", "watch.b={\"path\":\"/b\",\"template\":null," + Jobs + "}")
            .Should().Equal("meeseeks-watch_s_a", "b");
    }

    [Fact]
    public void A_single_template_keeps_the_name_as_in_January_2020()
    {
        Names(Templates, """watch.w={"path":"/w","template":"s"}""").Should().Equal("w");
    }

    [Fact]
    public void Naming_gives_a_watch_with_a_single_template_the_name_of_later_versions()
    {
        Names("naming=root_template_watch", Templates, """watch.w={"path":"/w","template":"s"}""").Should().Equal("meeseeks-watch_s_w");
    }

    [Fact]
    public void Naming_can_keep_the_short_name_beside_lists_of_templates()
    {
        Names("naming=watch", Templates, """watch.v={"path":"/v","template":["s","t"]}""", """watch.w={"path":"/w","template":"s"}""")
            .Should().Equal("meeseeks-watch_s_v", "meeseeks-watch_t_v", "w");
    }

    [Fact]
    public void A_watch_with_an_empty_list_of_templates_has_the_name_without_one()
    {
        Names(Templates, "watch.w={\"path\":\"/w\",\"template\":[]," + Jobs + "}").Should().Equal("meeseeks-watch_w");
    }

    [Fact]
    public void Apply_prefixes_the_name_with_the_template_and_a_hyphen()
    {
        Names("apply=s", Templates, "watch.w.path=/w").Should().Equal("s-w");
    }

    [Fact]
    public void An_unknown_value_of_naming_is_rejected()
    {
        WatcherConfigurationReader.Read(["naming=short", Templates, """watch.w={"path":"/w","template":"s"}"""]).Problems
            .Should().Contain("command line: naming: 'short' is not root_template_watch or watch");
    }

    [Fact]
    public void Two_watches_of_the_same_name_are_rejected()
    {
        var result = WatcherConfigurationReader.Read(
            ["template={\"a\":{" + Jobs + "},\"a_b\":{" + Jobs + "}}",
            """watch={"c":{"path":"/","template":["a_b"]},"b_c":{"path":"/","template":["a"]}}"""]);

        result.Problems.Should().ContainSingle().Which.Should().StartWith("command line: watch.b_c: its name is 'meeseeks-watch_a_b_c'");
    }

    [Fact]
    public void A_template_that_does_not_exist_is_named_with_the_defaults()
    {
        WatcherConfigurationReader.Read([Templates, "defaults.template=s,nosuch", "watch.w.path=/"]).Problems.Should().Contain(line =>
            line.StartsWith("command line: defaults.template: there is no template 'nosuch'"));
    }

    [Fact]
    public void The_template_of_the_defaults_is_removed_from_the_result()
    {
        var result = WatcherConfigurationReader.Read([Templates, "defaults.template=s", "defaults.rescan=9", "watch.w.path=/w"]);

        (result.Problems.Count, result.Warnings.Count).Should().Be((0, 0));
        ConfigJson.Compact(result.Tree).Should().StartWith("""{"defaults":{"rescan":9},"watch":{"meeseeks-watch_s_w":""");
    }

    [Fact]
    public void Texts_of_watches_and_templates_may_contain_top_level_keys()
    {
        var watch = Read(
            "base=/data",
            "paths.in=%(base)s/in",
            """template.t={"path":"%(paths.in)s/%(base)s","glob":["%(stem)s*"],"jobs":[{"pool":"p","args":["x"]}]}""",
            "stem=s",
            "watch.w.template=t").Watches.Single();

        (watch.Path, watch.Globs.Single().Pattern).Should().Be(("/data/in/data", "s*"));
    }

    [Fact]
    public void A_text_is_replaced_as_a_whole_or_kept()
    {
        Read("base=/data", "watch.w={\"path\":\"%(base)s/%(nosuch)s%%\"," + Jobs + "}").Watches.Single().Path
            .Should().EndWith("/%(base)s/%(nosuch)s%%");
    }

    [Fact]
    public void A_key_that_refers_to_itself_is_kept()
    {
        Read("a=%(b)s", "b=%(a)s", "watch.w={\"path\":\"/%(a)s\"," + Jobs + "}").Watches.Single().Path.Should().Contain("%(");
    }

    [Fact]
    public void Exponential_references_cost_little()
    {
        var chain = Enumerable.Range(0, 60).Select(number => $"k{number}=%(k{number + 1})s%(k{number + 1})s");

        Read([.. chain, "k60=x", "watch.w={\"path\":\"/%(k0)s\"," + Jobs + "}"]).Watches.Single().Path.Should().StartWith("/%(");
    }

    [Fact]
    public void A_secret_is_not_copied_into_other_texts()
    {
        Read("client.ssl.pass=secret", "watch.w={\"path\":\"/%(client.ssl.pass)s\"," + Jobs + "}").Watches.Single().Path
            .Should().NotContain("secret");
    }

    [Fact]
    public void Texts_of_a_watch_may_contain_its_own_keys_and_the_defaults()
    {
        var watch = Read("defaults.top=/top", "watch.w={\"path\":\"%(top)s/%(name)s/%(kind)s\",\"kind\":\"k\"," + Jobs + "}")
            .Watches.Single();

        watch.Path.Should().Be("/top/w/k");
    }

    [Fact]
    public void The_key_name_is_the_configuration_outside_of_jobs_and_the_watch_in_jobs()
    {
        var config = Read(
            "name=night",
            """template.t={"path":"/%(name)s","glob":"*","jobs":[{"pool":"p","args":["x"],"tags":["%(name)s"]}]}""",
            "watch.w.template=t,");

        var watch = config.Watches.Single();
        watch.Path.Should().Be("/night");
        Filled(watch)["tags"]!.ToJsonString().Should().Be("""["night_t_w"]""");
    }

    [Fact]
    public void A_job_may_name_top_level_keys_and_keys_of_the_watch_override_them()
    {
        var watch = Read(
            "out=/top",
            "paths.log=/log",
            """watch.w={"path":"/","glob":"*","out":"/own","jobs":[{"pool":"p","args":["%(out)s","%(paths.log)s"]}]}""").Watches.Single();

        Filled(watch)["args"]!.ToJsonString()
            .Should().Be("""["/own","/log"]""");
    }

    [Fact]
    public void A_top_level_key_that_no_text_names_is_unknown()
    {
        WatcherConfigurationReader.Read(["base=/data", "watch.w={\"path\":\"/\"," + Jobs + "}"]).Warnings.Should().ContainSingle().Which
            .Should().StartWith("command line: base: unknown key");
    }

    [Fact]
    public void Top_level_cleanup_refresh_and_rescan_apply_to_all_watches()
    {
        var watches = Read(
            "cleanup=1",
            "refresh=2",
            "rescan=3",
            "watch.a={\"path\":\"/a\"," + Jobs + "}",
            "watch.b={\"path\":\"/b\",\"cleanup\":0,\"refresh\":8,\"rescan\":9," + Jobs + "}").Watches;

        watches.Select(watch => (watch.Cleanup.TotalSeconds, watch.Refresh.TotalSeconds, watch.Rescan.TotalSeconds))
            .Should().Equal((1, 2, 3), (0, 8, 9));
    }

    [Fact]
    public void The_defaults_override_top_level_keys()
    {
        Read("cleanup=1", "defaults.cleanup=2", "watch.a={\"path\":\"/a\"," + Jobs + "}").Watches.Single().Cleanup.TotalSeconds
            .Should().Be(2);
    }

    [Theory]
    [InlineData(
        "watch.w.plugin=my.Watch",
        "command line: watch.w.plugin: 'my.Watch' is a class of the original, which cannot run here; remove the key")]
    [InlineData("defaults.plugin=[1]", "command line: defaults.plugin: a list is a class of the original")]
    [InlineData("watch.w.status=yes", "command line: watch.w.status: 'yes' is not files or xattr")]
    [InlineData("watch.w.skip=a/b", "command line: watch.w.skip: 'a/b': a suffix of names in the path of the watch cannot contain a slash")]
    [InlineData("watch.w.skip=[true]", "command line: watch.w.skip: true is not a suffix of names")]
    [InlineData("watch.w.count=-1", "command line: watch.w.count: -1 is too small: the minimum is 0")]
    public void Invalid_settings_are_problems(string word, string problem)
    {
        WatcherConfigurationReader.Read(["watch.w={\"path\":\"/\"," + Jobs + "}", word]).Problems.Should().ContainSingle().Which
            .Should().StartWith(problem);
    }

    [Fact]
    public void Skip_partial_and_count_are_read()
    {
        var watch = Read("watch.w={\"path\":\"/\",\"skip\":[\"out\",\"err\"],\"partial\":true,\"count\":2," + Jobs + "}").Watches.Single();

        (watch.IsPartial, watch.Count).Should().Be((true, 2));
        watch.Skips.Should().Equal("out", "err");
        Read("watch.w={\"path\":\"/\",\"skip\":\"out\",\"count\":0," + Jobs + "}").Watches.Single()
            .Should().Match<MeeseeksBox.FileWatch.Settings.WatchSettings>(one => one.Count == null && one.Skips.Count == 1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true, "watch.w.status=xattr")]
    [InlineData(true, "defaults.status=xattr")]
    [InlineData(true, "watch.w.plugin=meeseeks.watch.WatchXattr")]
    [InlineData(true, "defaults.plugin=meeseeks.watch.WatchXattr")]
    [InlineData(false, "watch.w.plugin=meeseeks.watch.Watch")]
    [InlineData(false, "watch.w.plugin=null")]
    [InlineData(false, "watch.w.status=files", "defaults.plugin=meeseeks.watch.WatchXattr")]
    [InlineData(true, "watch.w.status=xattr", "defaults.plugin=meeseeks.watch.Watch")]
    public void Results_are_in_status_files_or_in_attributes(bool hasAttributes, params string[] words)
    {
        Read(["watch.w={\"path\":\"/\"," + Jobs + "}", .. words]).Watches.Single().HasAttributes.Should().Be(hasAttributes);
    }

    [Fact]
    public void Results_in_attributes_of_the_files_cannot_be_elsewhere()
    {
        WatcherConfigurationReader.Read(["watch.w={\"path\":\"/\",\"status\":\"xattr\",\"status_path\":\"/s\"," + Jobs + "}"]).Problems
            .Should().Equal(
                "command line: watch.w.status_path: cannot be used with status: xattr, which keeps results in attributes of the files; "
                + "remove one of the two");
    }

    [Fact]
    public void Settings_of_the_originals_client_are_ignored_with_a_warning()
    {
        WatcherConfigurationReader.Read(["client.poll=10", "client.expire=60", "watch.w={\"path\":\"/\"," + Jobs + "}"]).Warnings
            .Should().Equal(new[] { "poll", "expire" }.Select(key =>
                $"command line: client.{key}: not needed, ignored: the watcher keeps no state of the cluster"));
    }

    private static System.Text.Json.Nodes.JsonObject Filled(MeeseeksBox.FileWatch.Settings.WatchSettings watch)
    {
        var template = watch.Jobs[0].For(0)!;
        var work = new MeeseeksBox.FileWatch.Jobs.WorkItem { Template = template, Index = 0, FileName = "f" };
        return template.Fill(new MeeseeksBox.FileWatch.Jobs.JobValues(watch, work)).Value!;
    }

    private static string[] Names(params string[] words) => [.. Read(words).Watches.Select(watch => watch.Name)];

    private static WatcherConfig Read(params string[] words)
    {
        var result = WatcherConfigurationReader.Read(words);
        result.Warnings.Where(warning => !warning.Contains("is used as it is", StringComparison.Ordinal)).Should().BeEmpty();
        return result.Config ?? throw new InvalidOperationException(string.Join('\n', result.Problems));
    }
}
