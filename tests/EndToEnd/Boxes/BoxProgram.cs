using System.Diagnostics;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Boxes;

/// <summary>The program meeseeks-box.</summary>
public static class BoxProgram
{
    /// <summary>The folder of the program.</summary>
    public static string Folder { get; } = ProgramsUnderTest.FolderOf("meeseeks-box");

    /// <summary>The configuration of every box of the tests: a name, and any free port.</summary>
    public static string DefaultConfig { get; } = Path.Combine(AppContext.BaseDirectory, "Boxes", "default.cfg");

    /// <summary>Starts the program, in a folder of its own.</summary>
    public static Process Start(string folder, BoxStart start)
    {
        string[] words = [.. start.Prefix, Path.Combine(Folder, "meeseeks-box"), .. start.Words];
        var info = new ProcessStartInfo(words[0], words[1..])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        ProgramsUnderTest.SetRuntime(info);
        foreach (var (name, value) in start.Environment)
            info.Environment[name] = value;

        return Process.Start(info)!;
    }

    /// <summary>Runs the program until it ends by itself.</summary>
    /// <exception cref="TimeoutException">It did not end within <see cref="Wait.Limit"/>.</exception>
    public static async Task<(int ExitStatus, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        using var folder = new TemporaryFolder();
        using var process = Start(folder.Path, new BoxStart(arguments));
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        try
        {
            await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(
                Wait.Limit, TestContext.Current.CancellationToken);
        }
        finally
        {
            process.Kill();
        }

        return (process.ExitCode, await output, await errors);
    }
}
