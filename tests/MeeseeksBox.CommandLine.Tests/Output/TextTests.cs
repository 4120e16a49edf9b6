using MeeseeksBox.CommandLine.Output;
using MeeseeksBox.Foundation.Text;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.CommandLine.Tests.Output;

/// <summary>Formatting of texts for a terminal.</summary>
public sealed class TextTests
{
    [Theory]
    [InlineData("abc", 3)]
    [InlineData("漢字", 4)]
    [InlineData("e\u0301", 1)]
    [InlineData("\ud83d\ude00", 2)]
    [InlineData("äöü", 3)]
    public void The_width_is_counted_in_columns(string text, int width)
    {
        TextWidth.Of(text).Should().Be(width);
    }

    [Theory]
    [InlineData("abcdef", 6, "abcdef")]
    [InlineData("abcdef", 4, "abc…")]
    [InlineData("漢字漢字", 4, "漢…")]
    [InlineData("abc", 1, "…")]
    [InlineData("abc", 0, "")]
    public void A_text_that_is_too_wide_is_cut(string text, int width, string fitted)
    {
        TextWidth.Fit(text, width).Should().Be(fitted);
    }

    [Theory]
    [InlineData(5, "5s")]
    [InlineData(65, "1m05s")]
    [InlineData(7380, "2h03m")]
    [InlineData(273600, "3d04h")]
    public void A_duration_is_short(long seconds, string text)
    {
        Duration.Show(seconds).Should().Be(text);
    }

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(1023, "1023 B")]
    [InlineData(1536, "1.5 kB")]
    [InlineData(35651584, "34 MB")]
    [InlineData(5L << 40, "5 TB")]
    [InlineData(5L << 50, "5120 TB")]
    public void A_size_is_short(long bytes, string text)
    {
        ByteSize.Rounded(bytes).Should().Be(text);
    }

    [Fact]
    public void A_usage_has_what_is_known()
    {
        ResourceUsage.Show(new JobStatus { Cpu = 1.23, MaxRss = 35651584 }).Should().Be("cpu 1.2 s, maxrss 34 MB");
        ResourceUsage.Show(new JobStatus { Cpu = 0, MaxRss = 0 }).Should().BeEmpty();
    }

    [Fact]
    public void A_bar_fills_up()
    {
        ProgressBar.Text(0, 4, "jobs", "").Should().Be($"[{new string('·', 30)}] 0/4 jobs");
        ProgressBar.Text(1, 2, "jobs", "(1 failed)").Should()
            .Be($"[{new string('█', 15)}{new string('·', 15)}] 1/2 jobs (1 failed)");
        ProgressBar.Text(7, null, "jobs submitted", "").Should().Be("7 jobs submitted");
    }

    [Fact]
    public async Task A_table_fits_the_terminal()
    {
        await using var output = new StringWriter { NewLine = "\n" };

        await Table.WriteAsync(output, [["a", new string('i', 30), "args that are long enough"], ["bb", "i", "x"]], 40);

        output.ToString().Split('\n').Should()
            .OnlyContain(line => TextWidth.Of(line) <= 40).And.Contain(line => line.StartsWith("bb  i "));
    }

    [Theory]
    [InlineData(JobState.Done, 0, 0)]
    [InlineData(JobState.Failed, 3, 3)]
    [InlineData(JobState.Killed, -9, 137)]
    [InlineData(JobState.Failed, null, 1)]
    [InlineData(JobState.Killed, null, 1)]
    [InlineData(JobState.Failed, 0, 1)]
    [InlineData(JobState.Failed, 256, 1)]
    public void The_exit_status_is_that_of_the_job(JobState state, int? rc, int status)
    {
        ClientExitStatus.Of(new Job { Id = "a", Status = new() { State = state, Rc = rc } }).Should().Be(status);
    }
}
