using System.Diagnostics;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Watch;

/// <summary>The program of the watcher.</summary>
public static class WatchProgram
{
    private static readonly string Program = ProgramsUnderTest.PathOf("meeseeks-watch");

    /// <summary>Starts the program.</summary>
    public static Process Start(params string[] arguments) => StartBy([], arguments);

    /// <summary>Starts the program by another one, such as one that ignores signals.</summary>
    public static Process StartBy(string[] prefix, params string[] arguments)
    {
        string[] words = [.. prefix, Program, .. arguments];
        var info = new ProcessStartInfo(words[0], words[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        ProgramsUnderTest.SetRuntime(info);
        return Process.Start(info)!;
    }

    /// <summary>Runs the program until it exits.</summary>
    /// <exception cref="TimeoutException">It did not exit within <see cref="Wait.Limit"/>.</exception>
    public static async Task<(int ExitStatus, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        using var process = Start(arguments);
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        try
        {
            await process.WaitForExitAsync(TestContext.Current.CancellationToken)
                .WaitAsync(Wait.Limit, TestContext.Current.CancellationToken);
        }
        finally
        {
            process.Kill();
        }

        return (process.ExitCode, await output, await errors);
    }
}
