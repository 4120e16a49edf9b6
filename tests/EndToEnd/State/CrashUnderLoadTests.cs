using System.Diagnostics;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.State;

/// <summary>The guarantees of docs/OPERATIONS.md#what-is-promised, in a few rounds of tests/Crash.</summary>
public sealed class CrashUnderLoadTests
{
    [Fact]
    public async Task A_box_killed_repeatedly_under_load_keeps_acknowledged_changes_and_leaves_no_processes()
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
