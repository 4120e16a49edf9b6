using MeeseeksBox.Configuration;
using MeeseeksBox.Tls;

namespace MeeseeksBox.Protocol.Tests.Configuration;

/// <summary>Settings, their defaults, and the errors of invalid ones (docs/SPECIFICATION.md#defaults).</summary>
public sealed class SectionReaderTests
{
    private readonly ConfigDiagnostics _diagnostics = new();

    [Theory]
    [InlineData("a=two", "'two' is not a whole number")]
    [InlineData("a=1.5", "1.5 is not a whole number")]
    [InlineData("a=true", "true is not a whole number")]
    [InlineData("a=1,2", "a list is not a whole number")]
    [InlineData("a=NaN", "'NaN' is not a whole number")]
    [InlineData("a=-2", "-2 is too small: the minimum is -1")]
    [InlineData("a=101", "101 is too large: the maximum is 100")]
    [InlineData("a=1e300", "'1e300' is too large: the maximum is 100")]
    public void An_invalid_whole_number_is_reported_with_its_path(string word, string problem)
    {
        Root("s." + word).Section("s").WholeNumber("a", least: -1, most: 100).Should().BeNull();

        _diagnostics.Problems.Should().Equal("command line: s.a: " + problem);
    }

    [Theory]
    [InlineData("a=7", 7)]
    [InlineData("a=-1", -1)]
    [InlineData("a=7.0", 7)]
    [InlineData("a=[\"7\"]", null)]
    [InlineData("a=007", 7)]
    [InlineData("a=null", null)]
    [InlineData("b=1", null)]
    public void Whole_numbers_are_read_as_numbers_and_as_text(string word, int? value)
    {
        Root(word).WholeNumber("a", least: -1).Should().Be(value);
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("1", true)]
    [InlineData("\"1\"", true)]
    [InlineData("\"True\"", true)]
    [InlineData("false", false)]
    [InlineData("0", false)]
    [InlineData("\"0\"", false)]
    public void Booleans_are_read_as_words_numbers_and_text(string json, bool value)
    {
        Root($$"""s={"a":{{json}}}""").Section("s").Flag("a", fallback: !value).Should().Be(value);
        _diagnostics.Problems.Should().BeEmpty();
    }

    [Theory]
    [InlineData("a=maybe", "'maybe' is not true or false")]
    [InlineData("a=2", "2 is not true or false")]
    [InlineData("a=", "an object is not true or false")]
    public void A_value_that_is_neither_true_nor_false_is_a_problem(string word, string problem)
    {
        Root(word).Flag("a", fallback: true).Should().BeTrue();

        _diagnostics.Problems.Should().Equal("command line: a: " + problem);
    }

    [Theory]
    [InlineData("a=0.25", 0.25)]
    [InlineData("a=1e3", 1000)]
    [InlineData("a=0", 0)]
    public void Times_are_seconds_with_decimals(string word, double seconds)
    {
        Root(word).Seconds("a").Should().Be(TimeSpan.FromSeconds(seconds));
    }

    [Theory]
    [InlineData("a=soon", "'soon' is not a number of seconds")]
    [InlineData("a=-1", "-1 is too small: the time must be more than 0 s")]
    [InlineData("a=0", "0 is too small: the time must be more than 0 s")]
    [InlineData("a=1e99", "'1e99' is too large: the maximum is 1000000000 s")]
    public void An_invalid_time_is_a_problem(string word, string problem)
    {
        Root(word).SecondsAboveZero("a").Should().BeNull();

        _diagnostics.Problems.Should().Equal("command line: a: " + problem);
    }

    [Fact]
    public void Text_may_be_written_as_a_number_and_keeps_its_digits()
    {
        Root("a=1.50").Text("a").Should().Be("1.50");
    }

    [Theory]
    [InlineData("a=true", "true is not text")]
    [InlineData("a=", "an object is not text")]
    [InlineData("a=[\"\"]", "a list is not text")]
    public void A_value_that_is_not_text_is_a_problem(string word, string problem)
    {
        Root(word).Text("a").Should().BeNull();

        _diagnostics.Problems.Should().Equal("command line: a: " + problem);
    }

    [Fact]
    public void All_problems_are_reported_and_each_stays_on_one_line()
    {
        var root = Root("""a={"x":"one\ntwo"}""", "b=x", "c=x");

        root.Section("a").WholeNumber("x", least: 0);
        root.WholeNumber("b", least: 0);
        root.Section("c");

        _diagnostics.Problems.Should().Equal(
            @"command line: a.x: 'one\ntwo' is not a whole number",
            "command line: b: 'x' is not a whole number",
            "command line: c: expected an object, found 'x'");
    }

    [Fact]
    public void An_unknown_key_is_a_warning_that_names_the_nearest_known_key()
    {
        var root = Root("pools.p1.slot=1", "pools.p1.maxruntime=1", "nmae=x");

        root.Text("name");
        foreach (var (_, pool) in root.Entries("pools"))
        {
            pool.WholeNumber("slots", least: -1);
            pool.Seconds("max_runtime", alias: "runtime");
        }

        root.WarnOfUnknownKeys();

        _diagnostics.Problems.Should().BeEmpty();
        _diagnostics.Warnings.Should().Equal(
            "command line: nmae: unknown key, ignored; the nearest known key is 'name'",
            "command line: pools.p1.slot: unknown key, ignored; the nearest known key is 'slots'",
            "command line: pools.p1.maxruntime: unknown key, ignored; the nearest known key is 'max_runtime'");
    }

    [Fact]
    public void A_default_applies_to_every_section_that_does_not_set_the_key()
    {
        var root = Root("defaults.a=1", "s.a=2", "t.b=3", "u.a=null");
        var defaults = root.Section("defaults");

        root.Section("s", defaults).WholeNumber("a", least: 0).Should().Be(2);
        root.Section("t", defaults).WholeNumber("a", least: 0).Should().Be(1);
        root.Section("u", defaults).WholeNumber("a", least: 0).Should().Be(1);
        root.Section("none", defaults).WholeNumber("a", least: 0).Should().Be(1);
    }

    [Fact]
    public void An_invalid_default_is_reported_once_with_its_own_path()
    {
        var root = Root("defaults.a=x", "s=", "t=");
        var defaults = root.Section("defaults");

        root.Section("s", defaults).WholeNumber("a", least: 0);
        root.Section("t", defaults).WholeNumber("a", least: 0);

        _diagnostics.Problems.Should().Equal("command line: defaults.a: 'x' is not a whole number");
    }

    [Fact]
    public void A_section_in_the_defaults_applies_to_keys_that_the_section_does_not_set()
    {
        var root = Root("defaults.ssl.cafile=ca", "defaults.ssl.verify=1", "s.ssl.verify=0", "s.ssl.odd=1", "defaults.ssl.strange=1");
        var defaults = root.Section("defaults");

        var ssl = TlsConfigReader.ReadSettings(root.Section("s", defaults).Section("ssl"));
        root.WarnOfUnknownKeys();

        ssl.Should().Be(new SslConfig { CaFile = "ca", Verify = CertificateVerification.None });
        _diagnostics.Warnings.Select(warning => warning.Split(": ")[1]).Should().Equal("defaults.ssl.strange", "s.ssl.odd");
    }

    [Fact]
    public void A_key_in_the_defaults_that_no_section_has_is_a_warning()
    {
        var root = Root("defaults.refresh=1", "defaults.refrsh=1");
        var defaults = root.Section("defaults");

        root.Section("nodes").Blank(defaults).Seconds("refresh");
        root.WarnOfUnknownKeys();

        _diagnostics.Warnings.Should().Equal("command line: defaults.refrsh: unknown key, ignored; the nearest known key is 'refresh'");
    }

    [Theory]
    [InlineData("memory=100M", 104_857_600L)]
    [InlineData("memory=1048576", 1_048_576L)]
    [InlineData("memory=0", null)]
    [InlineData("x=0", null)]
    public void A_size_has_a_unit_or_none_and_0_is_no_limit(string word, long? bytes)
    {
        Root(word).SizeOrNone("memory", 1 << 20, 1L << 50).Should().Be(bytes);
        _diagnostics.Problems.Should().BeEmpty();
    }

    [Theory]
    [InlineData("memory=much", "'much' is not a size, such as 100M or 1.5G")]
    [InlineData("memory=true", "true is not a size, such as 100M or 1.5G")]
    [InlineData("memory=100", "100 is too small: the minimum is 1 MB")]
    [InlineData("memory=-1M", "'-1M' is too small: the minimum is 1 MB")]
    [InlineData("memory=1025T", "'1025T' is too large: the maximum is 1024 TB")]
    public void A_wrong_size_is_a_problem(string word, string problem)
    {
        Root(word).SizeOrNone("memory", 1 << 20, 1L << 50).Should().BeNull();
        _diagnostics.Problems.Should().Equal($"command line: memory: {problem}");
    }

    [Theory]
    [InlineData("cpus=1.5", 1.5, null)]
    [InlineData("cpus=0", null, null)]
    [InlineData("cpus=two", null, "'two' is not a number")]
    [InlineData("cpus=-1", null, "-1 is too small: the minimum is 0.01")]
    [InlineData("cpus=0.001", null, "0.001 is too small: the minimum is 0.01")]
    [InlineData("cpus=10001", null, "10001 is too large: the maximum is 10000")]
    public void A_number_may_have_decimals_and_0_is_no_limit(string word, double? number, string? problem)
    {
        Root(word).NumberOrNone("cpus", 0.01, 10_000).Should().Be(number);
        _diagnostics.Problems.Should().Equal(problem is null ? [] : [$"command line: cpus: {problem}"]);
    }

    [Fact]
    public void Of_two_names_of_a_setting_the_one_set_later_counts()
    {
        Root("runtime=1", "max_runtime=2").Seconds("max_runtime", "runtime").Should().Be(TimeSpan.FromSeconds(2));
        Root("max_runtime=2", "runtime=1").Seconds("max_runtime", "runtime").Should().Be(TimeSpan.FromSeconds(1));
        Root("runtime=1", "max_runtime=2", "runtime=3").Seconds("max_runtime", "runtime").Should().Be(TimeSpan.FromSeconds(3));
    }

    [Fact]
    public void A_setting_under_its_alias_precedes_a_default()
    {
        var root = Root("defaults.max_runtime=1", "s.runtime=2");

        root.Section("s", root.Section("defaults")).Seconds("max_runtime", "runtime").Should().Be(TimeSpan.FromSeconds(2));
    }

    [Fact]
    public void An_entry_is_null_or_an_object_and_has_a_name()
    {
        var root = Root("""p={"a": null, "b": {}, "c": false, "": {}, "*odd name.1": {}}""");

        var entries = root.Entries("p");

        entries.Select(entry => entry.Key).Should().Contain(["a", "b", "*odd name.1"]);
        _diagnostics.Problems.Should().Equal(
            "command line: p: an entry has an empty name",
            "command line: p.c: expected an object, found false");
    }

    [Fact]
    public void Words_are_read_from_a_list_or_a_text_with_commas()
    {
        Root("a=X,Y").Strings("a").Should().Be("X,Y");
        Root("a=[\"X\",\"Y\"]").Strings("a").Should().Be("X,Y");
        Root("a=X").Strings("a").Should().Be("X");
    }

    [Fact]
    public void The_password_is_not_in_the_text_for_logs()
    {
        var ssl = TlsConfigReader.ReadSettings(Root("ssl.pass=secret", "ssl.cert=c.pem").Section("ssl"));

        ssl!.Pass.Should().Be("secret");
        ssl.ToString().Should().NotContain("secret").And.Contain("c.pem");
    }

    private SectionReader Root(params string[] words) => SectionReader.Root(ConfigTree.Read(words, _diagnostics), _diagnostics);
}
