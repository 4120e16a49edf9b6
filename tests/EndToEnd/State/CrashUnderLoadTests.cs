using System.Diagnostics;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.State;

/// <summary>
/// The guarantees of docs/OPERATIONS.md#what-is-promised. A few rounds of the test that tests/Crash does a thousand of by hand.
/// </summary>
public sealed class CrashUnderLoadTests
{
    [Fact]
    public async Task A_box_that_is_killed_under_load_again_and_again_loses_nothing_that_it_acknowledged_and_leaves_nothing_behind()
    {
        using var crash = Process.Start(new ProcessStartInfo(Path.Combine(BuildOutput.Of("tests/Crash"), "Crash"), ["--rounds", "4"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var complaint = crash.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);

        var said = await crash.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken) + await complaint;
        await crash.WaitForExitAsync(TestContext.Current.CancellationToken);

        TestContext.Current.TestOutputHelper?.WriteLine(said);
        crash.ExitCode.Should().Be(0, said);
    }
}
