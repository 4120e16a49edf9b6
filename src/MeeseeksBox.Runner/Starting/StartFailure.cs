using System.Text;
using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.Runner.Unix;
using Microsoft.Win32.SafeHandles;

namespace MeeseeksBox.Runner.Starting;

/// <summary>Says why the system did not execute a program.</summary>
internal static class StartFailure
{
    private const int LongestInterpreterLine = 255;

    /// <summary>The reason in words.</summary>
    /// <param name="program">Full path of the program, which exists and may be executed.</param>
    /// <param name="error">The number of the error.</param>
    public static string TextOf(string program, int error) => $"cannot start {program}: " + error switch
    {
        ErrorNumber.NoExecutable => "it is neither a program nor a script that begins with '#!' and its interpreter",
        ErrorNumber.NoEntry when Interpreter(program) is { } interpreter => interpreter.EndsWith('\r')
            ? $"its interpreter '{interpreter.TrimEnd('\r')}\\r' is not there: the file has Windows line ends"
            : $"its interpreter '{interpreter}' is not there",
        ErrorNumber.ArgumentsTooLong => "its arguments and environment are too long for this system",
        ErrorNumber.TextBusy => "a process has the file open for writing",
        _ => ErrorNumber.TextOf(error),
    };

    // The interpreter of a script, up to the first blank; null for any other file.
    private static string? Interpreter(string program)
    {
        try
        {
            using var file = new SafeFileHandle(SystemCall.Check(JobFile.OpenInput(program), program), ownsHandle: true);
            var bytes = new byte[LongestInterpreterLine];
            var line = Encoding.UTF8.GetString(bytes, 0, RandomAccess.Read(file, bytes, 0)).Split('\n')[0];
            return line.StartsWith("#!", StringComparison.Ordinal) ? line[2..].TrimStart().Split(' ', '\t')[0] : null;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
