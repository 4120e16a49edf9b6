using System.Diagnostics;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Watch;

/// <summary>The watcher itself: the native program where the variable MEESEEKS_TEST_WATCH names it, as in CI, or else as it was built.</summary>
public static class WatchProgram
{
    private static readonly string Program = Environment.GetEnvironmentVariable("MEESEEKS_TEST_WATCH") is { Length: > 0 } path
        ? Path.GetFullPath(path)
        : Path.Combine(BuildOutput.Of("src/meeseeks-watch"), "meeseeks-watch");

    /// <summary>Starts the program.</summary>
    public static Process Start(params string[] arguments)
    {
        var info = new ProcessStartInfo(Program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };

        // The sockets of the diagnostics would be left behind by each watcher that is killed.
        info.Environment["DOTNET_EnableDiagnostics"] = "0";
        return Process.Start(info)!;
    }

    /// <summary>Runs the program until it ends by itself.</summary>
    /// <exception cref="TimeoutException">It did not within 30 s.</exception>
    public static async Task<(int ExitStatus, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        using var process = Start(arguments);
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        try
        {
            await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        }
        finally
        {
            process.Kill();
        }

        return (process.ExitCode, await output, await errors);
    }
}
