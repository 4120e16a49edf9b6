using System.Text.Json.Nodes;
using MeeseeksBox.FileWatch.Jobs;
using MeeseeksBox.FileWatch.Settings;
using MeeseeksBox.Foundation;

namespace MeeseeksBox.FileWatch.Tests.Jobs;

/// <summary>The formats in jobspecs (docs/SPECIFICATION.md#job-formats).</summary>
public sealed class JobTemplateTests
{
    private const string File = "20260101.00.foo";

    [Theory]
    [InlineData("%(name)s", "w")]
    [InlineData("%(filename)s", File)]
    [InlineData("%(file)s", "/data/" + File)]
    [InlineData("%(fileset)s", File)]
    [InlineData("%(0)s-%(1)s-%(2)s", "20260101-00-foo")]
    [InlineData("%(index)s", "3")]
    [InlineData("%(path)s", "/data")]
    [InlineData("%(rescan)s", "60")]
    [InlineData("%(archive)s", "/old/%(filename)s")]
    [InlineData("%(list)s", "a b")]
    [InlineData("100%% of %(filename)s", "100% of " + File)]
    [InlineData("date +%Y-%m", "date +%Y-%m")]
    [InlineData("%%(name)s", "%(name)s")]
    [InlineData("50%", "50%")]
    [InlineData("", "")]
    public void A_format_is_replaced_by_its_value(string text, string filled)
    {
        Args(text, Work()).Should().Be(filled);
    }

    [Theory]
    [InlineData("%(nosuch)s", "%(nosuch)s: there is no such value, and no key 'nosuch' in the watch")]
    [InlineData("%(3)s", "%(3)s: there is no such value, and no key '3' in the watch")]
    [InlineData("%(fileset0)s", "%(fileset0)s: there is no such value, and no key 'fileset0' in the watch")]
    public void An_unknown_key_is_an_error(string text, string problem)
    {
        Fill(text, Work()).Problem.Should().Be(problem);
    }

    [Fact]
    public void In_a_fileset_each_list_has_its_file()
    {
        var settings = Settings("%(fileset)s|%(fileset0)s|%(fileset1)s", "'glob':['*.foo','*.bar'],'fileset':1,");
        var work = new WorkItem { Template = settings.Jobs[0].For(0)!, Index = 0, FileName = "1.foo", Files = ["1.foo", "1.bar"] };

        work.Template.Fill(new JobValues(settings, work)).Value!["args"]![0]!.GetValue<string>().Should().Be("1.foo 1.bar|1.foo|1.bar");
    }

    [Fact]
    public void Without_split_a_name_is_one_part()
    {
        var settings = Some.Watch("'jobs':[{'pool':'p','args':['%(0)s']}]");
        var work = new WorkItem { Template = settings.Jobs[0].For(0)!, Index = 0, FileName = "a.b" };

        work.Template.Fill(new JobValues(settings, work)).Value!["args"]![0]!.GetValue<string>().Should().Be("a.b");
    }

    [Fact]
    public void Formats_apply_at_any_depth_and_only_to_texts()
    {
        var settings = Some.Watch(
            "'jobs':[{'pool':'%(name)s','args':['x'],'retries':2,'hold':false,'env':{'F':'%(filename)s'},"
            + "'config':{'deep':[{'er':'%(index)s'},null,1.5]}}]");
        var work = new WorkItem { Template = settings.Jobs[0].For(0)!, Index = 0, FileName = "f" };

        work.Template.Fill(new JobValues(settings, work)).Value!.ToJsonString().Should().Be(
            """{"pool":"w","args":["x"],"retries":2,"hold":false,"env":{"F":"f"},"config":{"deep":[{"er":"0"},null,1.5]}}""");
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("100%(name)s")]
    [InlineData("it's \"quoted\"\n$HOME `ls`")]
    [InlineData("naïve-😀")]
    public void Formats_in_values_are_not_replaced(string name)
    {
        Args("%(filename)s", Work() with { FileName = name }).Should().Be(name);
    }

    [Fact]
    public void A_standing_job_has_no_file()
    {
        var settings = Some.Watch("'glob':null,'jobs':[{'pool':'p','args':['%(name)s','%(filename)s']}]");
        var work = new WorkItem { Template = settings.Jobs[0].For(0)!, Index = 0 };

        work.Template.Fill(new JobValues(settings, work)).Problem.Should().Be(
            "%(filename)s: there is no such value for a job without files, and no key 'filename' in the watch");
    }

    private static string? Args(string text, WorkItem work) => Fill(text, work).Value?["args"]![0]!.GetValue<string>();

    private static Result<JsonObject> Fill(string text, WorkItem work)
    {
        var settings = Settings(text, "");
        return settings.Jobs[0].For(0)!.Fill(new JobValues(settings, work));
    }

    private static WatchSettings Settings(string text, string json) =>
        Some.Watch(
            json + "'split':'.','rescan':60,'archive':'/old/%(filename)s','list':['a','b'],"
            + "'jobs':[{'pool':'p','args':['" + text.Replace("\"", "\\\"") + "']}]");

    private static WorkItem Work() => new() { Template = Some.Watch().Jobs[0].For(0)!, Index = 3, FileName = File, Files = [File] };
}
