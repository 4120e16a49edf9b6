using MeeseeksBox.Configuration;
using Serilog.Events;

namespace MeeseeksBox.Logging.Tests;

/// <summary>The settings of Python's <c>basicConfig</c> (docs/SPECIFICATION.md#logging-settings).</summary>
public sealed class LoggingConfigTests
{
    [Theory]
    [InlineData("10", LogEventLevel.Debug)]
    [InlineData("20", LogEventLevel.Information)]
    [InlineData("25", LogEventLevel.Warning)]
    [InlineData("30", LogEventLevel.Warning)]
    [InlineData("40", LogEventLevel.Error)]
    [InlineData("50", LogEventLevel.Fatal)]
    [InlineData("DEBUG", LogEventLevel.Debug)]
    [InlineData("info", LogEventLevel.Information)]
    [InlineData("Warning", LogEventLevel.Warning)]
    [InlineData("ERROR", LogEventLevel.Error)]
    [InlineData("critical", LogEventLevel.Fatal)]
    [InlineData("null", LogEventLevel.Information)]
    public void A_level_is_a_number_or_a_name(string word, LogEventLevel level)
    {
        Read("level=" + word).Config.Level.Should().Be(level);
    }

    [Theory]
    [InlineData("level=loud", "logging.level: 'loud' is not a level: DEBUG, INFO, WARNING, ERROR, CRITICAL, or a number from 0 to 50")]
    [InlineData("level=51", "logging.level: 51 is not a level: DEBUG, INFO, WARNING, ERROR, CRITICAL, or a number from 0 to 50")]
    [InlineData("level=true", "logging.level: true is not a level: DEBUG, INFO, WARNING, ERROR, CRITICAL, or a number from 0 to 50")]
    [InlineData("filemode=x", "logging.filemode: 'x' is neither 'a' (append to the file) nor 'w' (empty it first)")]
    [InlineData("filename=1,2", "logging.filename: a list is not text")]
    [InlineData("format=", "logging.format: an object is not text")]
    public void An_invalid_setting_is_a_problem(string word, string problem)
    {
        Read(word).Findings.Problems.Should().Equal("command line: " + problem);
    }

    [Theory]
    [InlineData("format=%(levelname)s %(thread)d", "logging.format: '%(thread)d' is unknown and is written literally")]
    [InlineData("format=%(name)d", "logging.format: '%(name)d' is unknown and is written literally")]
    [InlineData("format=100% %(message)s", "logging.format: '%' is unknown and is written literally")]
    [InlineData("datefmt=%Y %Q", "logging.datefmt: '%Q' is unknown and is written literally")]
    [InlineData("style=$", "logging.style: '$' is not supported and is ignored; write the format with %(name)s")]
    public void An_unknown_part_of_a_format_is_a_warning(string word, string warning)
    {
        var diagnostics = Read(word).Findings;

        diagnostics.Problems.Should().BeEmpty();
        diagnostics.Warnings.Should().Equal("command line: " + warning);
    }

    [Fact]
    public void Style_percent_is_accepted()
    {
        Read("style=%").Findings.Warnings.Should().BeEmpty();
    }
    private static (LoggingConfig Config, ConfigDiagnostics Findings) Read(string word)
    {
        var diagnostics = new ConfigDiagnostics();
        var root = SectionReader.Root(ConfigTree.Read(["logging." + word], diagnostics), diagnostics);
        var config = LoggingConfig.Read(root.Section("logging"));
        root.WarnOfUnknownKeys();
        return (config, diagnostics);
    }
}
