using MeeseeksBox.FileWatch.Jobs;
using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Rules;
using MeeseeksBox.WatchAgent.Configuration;

namespace MeeseeksBox.FileWatch.Tests.Rules;

/// <summary>The key <c>match</c> as a regular expression (docs/SPECIFICATION.md#name-pattern).</summary>
public sealed class NamePatternTests
{
    private const string Start = "20261301200";
    private const string Two =
        "'glob':['*C01_*','*C02_*'],'match':'OR_ABI-L1b-RadF-M6C\\\\d\\\\d_G16_s(?<start>\\\\d+)_e\\\\d+_c\\\\d+\\\\.nc'";

    [Fact]
    public void A_set_has_the_files_with_equal_groups()
    {
        var due = new Scene(Two).With(Abi(1, Start, 5), Abi(2, Start, 7), Abi(1, "20261301210", 8)).Plan().Due;

        due.Should().ContainSingle().Which.Files.Should().Equal(Abi(1, Start, 5), Abi(2, Start, 7));
    }

    [Fact]
    public void A_second_delivery_with_another_creation_time_does_not_run_the_set_again()
    {
        new Scene(Two).With(Abi(1, Start, 5), Abi(2, Start, 7), Abi(1, Start, 9), Abi(2, Start, 9))
            .WithStatus(0, Abi(1, Start, 5), StatusState.Done).Due().Should().BeEmpty();
    }

    [Fact]
    public void A_file_that_does_not_match_as_a_whole_is_not_taken()
    {
        var plan = new Scene("'match':'a|ab'").With("a", "ab", "abc", "xa").Plan(isExplained: true);

        plan.Due.Select(work => work.FileName).Should().Equal("ab", "a");
        plan.Explanations!.Where(decision => !decision.IsDue).Should().BeEquivalentTo([
            new FileExplanation("abc", null, "it does not match `match`", IsOver: true),
            new FileExplanation("xa", null, "it does not match `match`", IsOver: true)]);
    }

    [Theory]
    [InlineData("'match':'(?<day>\\\\d+)(-(?<part>.))?'", "7", "7/")]
    [InlineData("'match':'(?<day>\\\\d+)(-(?<part>.))?'", "7-b", "7/b")]
    public void Groups_are_values_and_empty_without_a_part(string json, string file, string expected)
    {
        var settings = Some.Watch(json + ",'jobs':[{'pool':'%(day)s/%(part)s','args':['x']}]");
        var work = new Scene(settings).With(file).Plan().Due.Single();

        work.Template.Fill(new JobValues(settings, work)).Value!["pool"]!.ToString().Should().Be(expected);
    }

    [Theory]
    [InlineData("", "*", null)]
    [InlineData("'fileset':true", "*", "t=1/c=a")]
    [InlineData("", "1*','2*", "t=1/c=a")]
    [InlineData("'fileset':'t'", "1*','2*", "t=1")]
    [InlineData("'fileset':['c','t']", "*", "c=a/t=1")]
    [InlineData("'fileset':false", "1*','2*", null)]
    [InlineData("'fileset':1,'split':'-'", "*", "1")]
    public void The_key_of_a_set_is_all_groups_or_those_of_fileset(string json, string globs, string? key)
    {
        var more = json.Length > 0 ? "," + json : "";
        var watch = Some.Watch($"'glob':['{globs}'],'match':'(?<t>.)-(?<c>.)'{more}");

        (watch.HasSets ? watch.SetKeyOf("1-a") : null).Should().Be(key);
        (watch.HasSets ? watch.SetKeyOf("sub/1-a") : null).Should().Be(key is null ? null : "sub/" + key);
    }

    [Fact]
    public void With_a_pattern_a_file_of_a_set_is_skipped_by_its_own_name()
    {
        var scene = new Scene(Two + ",'skip':'.skip','exclude':[]").With(Abi(1, Start, 5), Abi(2, Start, 7));
        scene.Due().Should().NotBeEmpty();

        scene.With(Abi(1, Start, 5) + ".skip").Due().Should().BeEmpty();
    }

    [Theory]
    [InlineData("'match':'a(b'", "'a(b' is not a regular expression: after character 3: Not enough )")]
    [InlineData("'match':'(?=a)b'", "look-around")]
    [InlineData("'match':'(?<x>a)\\\\k<x>'", "references to groups")]
    [InlineData("'match':'(?<file>a)'", "a group cannot be named 'file'")]
    [InlineData("'match':'(?<fileset1>a)'", "a group cannot be named 'fileset1'")]
    [InlineData("'match':'(?<path>a)'", "a group cannot be named 'path', because the watch has a key with that name")]
    [InlineData("'match':'(?<3>a)'", "a group cannot be named '3'")]
    [InlineData("'match':'a','fileset':true", "needs a named group")]
    [InlineData("'match':'(?<a>a)','fileset':'b'", "is not a named group of match")]
    [InlineData("'fileset':true,'split':'.'", "fileset")]
    [InlineData("'fileset':1,'split':'.','set_timeout':1,'set_required':'x'", "neither a glob of the watch nor the number of one")]
    [InlineData("'fileset':1,'split':'.','set_timeout':1,'set_required':1", "neither a glob of the watch nor the number of one")]
    public void A_wrong_key_is_a_problem(string json, string problem)
    {
        Read(json).Problems.Should().ContainSingle().Which.Should().Contain(problem);
    }

    [Theory]
    [InlineData("'set_timeout':5", "set_timeout: ignored: there are no sets")]
    [InlineData("'fileset':1,'split':'.','set_timeout':5,'partial':true", "set_timeout: ignored: partial runs")]
    [InlineData("'fileset':1,'split':'.','set_required':0", "set_required: ignored: there is no set_timeout")]
    public void A_key_without_effect_is_a_warning(string json, string warning)
    {
        Read(json).Warnings.Should().ContainSingle().Which.Should().Contain(warning);
    }

    private static MeeseeksBox.Configuration.ConfigurationResult<WatcherConfig> Read(string json) =>
        WatcherConfigurationReader.Read([$"watch.w={{\"path\":\"/data\",\"glob\":\"*\",\"jobs\":[{Some.Job}],{json.Replace('\'', '"')}}}"]);

    private static string Abi(int channel, string start, int created) =>
        $"OR_ABI-L1b-RadF-M6C0{channel}_G16_s{start}_e20261301209_c2026130121{created}.nc";
}
