using System.Diagnostics;

namespace MeeseeksBox.EndToEnd.Boxes;

/// <summary>Programs of the system that tests need to arrange what they are about. A test is skipped where one is not to be had.</summary>
internal static class Tool
{
    /// <summary>Runs one that must succeed for the test to make sense.</summary>
    /// <param name="program">Its name.</param>
    /// <param name="words">Its arguments.</param>
    public static void Run(string program, params string[] words)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, words) { RedirectStandardError = true, RedirectStandardOutput = true })!;
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

    /// <summary>Skips the test where it does not run as root.</summary>
    public static void NeedsRoot(string what)
    {
        if (!Environment.IsPrivilegedProcess)
            Assert.Skip($"{what} takes root");
    }
}
