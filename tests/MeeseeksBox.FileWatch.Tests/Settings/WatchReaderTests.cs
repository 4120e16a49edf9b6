using MeeseeksBox.WatchAgent.Configuration;

namespace MeeseeksBox.FileWatch.Tests.Settings;

/// <summary>The settings of a watch, and their errors (docs/SPECIFICATION.md#watcher).</summary>
public sealed class WatchReaderTests
{
    private const string Good = """watch.w={"path":"/data","glob":"*","jobs":[{"pool":"p","args":["x"]}]}""";

    [Fact]
    public void Every_setting_has_its_default()
    {
        var watch = WatcherConfigurationReader.Read([Good]).Config!.Watches.Single();

        (watch.Name, watch.Path, watch.IsReversed, watch.Split, watch.Fileset, watch.IsUpdated, watch.Retry.Most, watch.RunsAll)
            .Should().Be(("w", "/data", false, null, 0, false, null, true));
        (watch.MinAge, watch.MaxAge, watch.MaxIndex, watch.Refresh.TotalSeconds, watch.Rescan.TotalSeconds, watch.Cleanup.TotalSeconds)
            .Should().Be((TimeSpan.Zero, null, null, 10, 60, 300));
    }

    [Fact]
    public void Every_option_is_read()
    {
        string[] words =
        [
            "watch.w.glob=*.a,*.b", "watch.w.reverse=1", "watch.w.split=.", "watch.w.fileset=2", "watch.w.updated=true", "watch.w.retry=0",
            "watch.w.run_all=false", "watch.w.min_age=1.5", "watch.w.max_age=9", "watch.w.max_index=3", "watch.w.refresh=2",
            "watch.w.rescan=4", "watch.w.cleanup=5",
        ];
        var watch = WatcherConfigurationReader.Read([Good, .. words]).Config!.Watches.Single();

        (watch.IsReversed, watch.Split, watch.Fileset, watch.IsUpdated, watch.Retry.Most, watch.RunsAll)
            .Should().Be((true, ".", 2, true, 0, false));
        (watch.MinAge.TotalSeconds, watch.MaxAge!.Value.TotalSeconds, watch.MaxIndex).Should().Be((1.5, 9, 3));
        (watch.Refresh.TotalSeconds, watch.Rescan.TotalSeconds, watch.Cleanup.TotalSeconds).Should().Be((2, 4, 5));
        watch.Globs.Select(glob => glob.Pattern).Should().Equal("*.a", "*.b");
    }

    [Theory]
    [InlineData("watch.w.path=null", "command line: watch.w.path: missing: the globs need a folder")]
    [InlineData("watch.w.fileset=1", "command line: watch.w.fileset: needs split, the text between the parts of names")]
    [InlineData("watch.w.jobs=[]", "command line: watch.w.jobs: missing: there is nothing to submit")]
    [InlineData("watch.w.jobs=[3]", "command line: watch.w.jobs.0: 3 stands where a jobspec, an object, is wanted")]
    [InlineData(
        "watch.w.jobs=[{\"pool\":\"p\"}]",
        "command line: watch.w.jobs.0: args: a job needs the program and its arguments, like [\"/bin/echo\",\"%(file)s\"]")]
    [InlineData(
        "watch.w.jobs=[{\"pool\":\"p\",\"args\":\"wc %(file)s\"}]",
        "command line: watch.w.jobs.0: args: 'wc %(file)s' is not a list; it must be the program and its arguments")]
    [InlineData("watch.w.jobs=[null,[null,{\"args\":[\"x\"]}]]", "command line: watch.w.jobs.1.1: pool: a job needs one")]
    [InlineData(
        "watch.w.jobs=[{\"pool\":\"p\",\"args\":[\"%(file\"]}]",
        "command line: watch.w.jobs.0: '%(file': a format must be like %(filename)s; write %% for a percent sign")]
    [InlineData(
        "watch.w.jobs=[{\"pool\":\"p\",\"args\":[\"x\"],\"retries\":\"some\"}]",
        "command line: watch.w.jobs.0: retries: 'some' is not")]
    [InlineData(
        "watch.w.jobs=[{\"pool\":\"p\",\"args\":[\"x\"],\"id\":\"same\"}]",
        "command line: watch.w.jobs.0: id: 'same' would be the same for all files; put %(filename)s into it, or leave it out")]
    [InlineData("watch.w.max_index=-1", "command line: watch.w.max_index: -1 is too small: the minimum is 0")]
    [InlineData("watch.w.rescan=0", "command line: watch.w.rescan: 0 is too small: the time must be more than 0 s")]
    [InlineData(
        "watch.w_1={\"path\":\"/data\"}",
        "command line: watch.w_1: its status files could be taken for those of 'w', which has the same path; "
        + "give one of the two another name")]
    public void Problems_name_their_place(string word, string problem)
    {
        WatcherConfigurationReader.Read([Good, word]).Problems.Should().Contain(line => line.StartsWith(problem));
    }

    [Theory]
    [InlineData("watch.w.path=%(root)s/in", "path")]
    [InlineData("watch.w.status_path=%(root)s/in", "status_path")]
    public void A_path_with_a_format_that_has_no_value_is_a_warning(string word, string key)
    {
        var warning = $"warning: command line: watch.w.{key}: '%(root)s/in' is used as it is: "
            + "there is no key 'root' at the top level, in defaults or in this watch";

        WatcherConfigurationReader.Read([Good, word]).Lines.Should().Equal(warning);
        WatcherConfigurationReader.Read([Good, word, Good.Replace("watch.w", "watch.v"), "watch.v.root=/"]).Lines.Should().Contain(warning);
        WatcherConfigurationReader.Read([Good, word, "root=/data"]).Lines.Should().BeEmpty();
        WatcherConfigurationReader.Read([Good, word, "watch.w.root=/data"]).Lines.Should().BeEmpty();
    }

    [Theory]
    [InlineData("watch.w.GLOB=x", "command line: watch.w.GLOB: unknown key, ignored; the nearest known key is 'glob'")]
    [InlineData("watch.w.recsan=5", "command line: watch.w.recsan: unknown key, ignored; the nearest known key is 'rescan'")]
    [InlineData(
        "watch.w.jobs=[{\"pool\":\"p\",\"args\":[\"x\"],\"retires\":1}]",
        "command line: watch.w.jobs.0: retires: not something that submit takes, ignored; did you mean retries?")]
    [InlineData(
        "watch.w.jobs=[{\"pool\":\"p\",\"args\":[\"x\"],\"pol\":1}]",
        "command line: watch.w.jobs.0: pol: not something that submit takes, ignored; did you mean pool?")]
    [InlineData(
        "watch.w.jobs=[{\"pool\":\"p\",\"args\":[\"x\"],\"frobnicate\":1}]",
        "command line: watch.w.jobs.0: frobnicate: not something that submit takes, ignored")]
    [InlineData(
        "retry=1", "command line: retry: ignored: the key belongs into a watch (watch.NAME.retry), or into defaults for all of them")]
    [InlineData("refrsh=1", "command line: refrsh: unknown key, ignored; the nearest known key is 'refresh'")]
    [InlineData(
        "watch.w.jobs=[{\"pool\":\"p\",\"args\":[\"x\"],\"state\":\"killed\"}]",
        "command line: watch.w.jobs.0: state: ignored, because the watcher alone says when its jobs run")]
    [InlineData(
        "watch.w.marker=*.ok",
        "command line: watch.w.marker: '*.ok' is the name of a marker, not a pattern: files wait for a file with exactly this name; "
        + "the marker of a.dat is a.dat.ok with \"%(filename)s.ok\", and a.ok with \"%(stem)s.ok\"")]
    [InlineData(
        "watch.w.jobs=[{\"pool\":\"p\",\"args\":[\"%(nosuch)s\"]}]",
        "command line: watch.w.jobs.0: %(nosuch)s: there is no such value and no such key in the watch, "
        + "so that this job cannot be submitted")]
    [InlineData(
        "watch.w.glob=null",
        "command line: watch.w.path: there is no glob, so that no files are watched and the jobs are kept running; "
        + "use \"*\" for all files")]
    public void Ignored_settings_are_warnings(string word, string warning)
    {
        var result = WatcherConfigurationReader.Read([Good, word]);

        result.Problems.Should().BeEmpty();
        result.Warnings.Should().Contain(warning);
    }

    [Fact]
    public void An_invented_key_that_a_job_names_is_known()
    {
        var result =
            WatcherConfigurationReader.Read([Good, "watch.w.archive=/old", "watch.w.jobs=[{\"pool\":\"p\",\"args\":[\"%(archive)s\"]}]"]);

        result.Warnings.Should().BeEmpty();
    }

    [Fact]
    public void A_key_of_a_template_that_jobs_of_another_watch_name_is_known()
    {
        const string other = """watch.v={"path":"/v","glob":"*","jobs":[{"pool":"p","args":["%(root)s"]}]}""";
        var result = WatcherConfigurationReader.Read(["template.null.root=/r", Good, other]);

        result.Warnings.Should().BeEmpty();
    }

    [Fact]
    public void A_configuration_without_a_watch_is_rejected()
    {
        WatcherConfigurationReader.Read(["client.port=1"]).Problems.Should().ContainSingle().Which
            .Should().StartWith("watch: there is none");
    }

    [Fact]
    public void One_job_may_be_written_without_a_list()
    {
        WatcherConfigurationReader.Read(["watch.w.path=/", "watch.w.glob=*", "watch.w.jobs.pool=p", "watch.w.jobs.args=x,"]).Config!
            .Watches.Single().Jobs.Should().ContainSingle();
    }
}
