using System.Diagnostics;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.State;

/// <summary>The guarantees of docs/OPERATIONS.md#what-is-promised after a power cut, in a short run of tests/PowerCut.</summary>
public sealed class RecordedPowerCutTests
{
    private const int Skipped = 77;

    [Fact]
    public async Task Whatever_of_the_recorded_system_calls_is_not_on_disk_no_answered_change_is_lost()
    {
        string[] arguments = ["--groups", "1", "--seed", "1", "--starts", "0"];
        using var program = Process.Start(new ProcessStartInfo(Path.Combine(BuildOutput.Of("tests/PowerCut"), "PowerCut"), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var complaint = program.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);

        var said = await program.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken) + await complaint;
        await program.WaitForExitAsync(TestContext.Current.CancellationToken);

        TestContext.Current.TestOutputHelper?.WriteLine(said);
        Assert.SkipWhen(program.ExitCode is Skipped, said);
        program.ExitCode.Should().Be(0, said);
    }
}
