using System.Diagnostics;

namespace MeeseeksBox.EndToEnd.Boxes;

/// <summary>Programs of the system that tests need. A test is skipped where one is missing.</summary>
internal static class Tool
{
    /// <summary>Runs a program, which must succeed for the test to make sense.</summary>
    /// <param name="program">Name of the program.</param>
    /// <param name="words">Arguments of the program.</param>
    public static void Run(string program, params string[] words)
    {
        try
        {
            using var process = Process.Start(
                new ProcessStartInfo(program, words) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            var errors = process.StandardError.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode is not 0)
                Assert.Skip($"{program} {string.Join(' ', words)} is not possible here: {errors.Trim()}");
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            Assert.Skip($"{program} is not installed here: {missing.Message}");
        }
    }

    /// <summary>Skips the test if it does not run as root.</summary>
    public static void NeedsRoot(string what)
    {
        if (!Environment.IsPrivilegedProcess)
            Assert.Skip($"{what} takes root");
    }
}
