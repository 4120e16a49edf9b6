using System.Diagnostics;

namespace MeeseeksBox.Testing;

/// <summary>The programs that end-to-end tests run.</summary>
/// <remarks>They are those of the folder MEESEEKS_TEST_PROGRAMS, as in CI, or else those of the build.</remarks>
public static class ProgramsUnderTest
{
    private static readonly string? Installed = Environment.GetEnvironmentVariable("MEESEEKS_TEST_PROGRAMS") is { Length: > 0 } folder
        ? Path.GetFullPath(folder)
        : null;

    /// <summary>The folder of a program: <c>meeseeks-box</c>.</summary>
    public static string FolderOf(string name) => Installed ?? BuildOutput.Of($"src/{name}");

    /// <summary>The full path of a program: <c>meeseeks-box</c>.</summary>
    public static string PathOf(string name) => Path.Combine(FolderOf(name), name);

    /// <summary>Prepares the .NET runtime of a program that runs for seconds.</summary>
    public static void SetRuntime(ProcessStartInfo info)
    {
        // A killed program would leave its diagnostic sockets behind.
        info.Environment["DOTNET_EnableDiagnostics"] = "0";

        // Optimizing its most used methods takes a fifth of its processor time: not before a pause of 60,000 ms (a hexadecimal number).
        info.Environment["DOTNET_TC_CallCountingDelayMs"] = "EA60";
    }

    /// <summary>True for a native program, which has no assembly file beside it.</summary>
    public static bool IsNative(string name) => !File.Exists(PathOf(name) + ".dll");
}
