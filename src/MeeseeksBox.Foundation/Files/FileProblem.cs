using System.Runtime.InteropServices;
using MeeseeksBox.Foundation.Unix;

namespace MeeseeksBox.Foundation.Files;

/// <summary>Failures to open, read, write, rename or delete a file, in plain words.</summary>
public static class FileProblem
{
    private const int LastErrorNumber = 133;

    /// <summary>True for the exceptions of such a failure.</summary>
    public static bool Is(Exception problem) =>
        problem is IOException or UnauthorizedAccessException || IsBadPath(problem) || IsTooLarge(problem);

    /// <summary>The reason of a failure, which begins with a small letter and has no full stop.</summary>
    /// <param name="path">The file.</param>
    /// <param name="problem">An exception for which <see cref="Is"/> is true.</param>
    public static string Reason(string path, Exception problem) => problem switch
    {
        _ when IsTooLarge(problem) => "it would exceed the limit of the file size (ulimit -f)",
        _ when IsBadPath(problem) => "this is not a valid file name",
        FileNotFoundException or DirectoryNotFoundException => OfWorkingFolder(path) ?? Missing(path),
        _ when ByteFile.IsFolder(path) => "it is a folder",
        UnauthorizedAccessException => "permission denied",
        { HResult: ErrorNumber.TryAgain } => "another process uses it",
        IOException { HResult: > 0 and <= LastErrorNumber and var number } => TextOf(number),
        _ => problem.Message,
    };

    /// <summary>Why no path like this one can name a file: it is relative, and the working folder was deleted. Null when it can.</summary>
    public static string? OfWorkingFolder(string path) =>
        !Path.IsPathRooted(path) && File.ResolveLinkTarget("/proc/self/cwd", returnFinalTarget: false) is { } folder
            && folder.FullName.EndsWith(" (deleted)", StringComparison.Ordinal)
            ? "the working folder was deleted; use a full path"
            : null;

    /// <summary>The reason of a failed system call.</summary>
    /// <param name="number">The number of the error (errno(3)).</param>
    public static string TextOf(int number)
    {
        var text = Marshal.GetPInvokeErrorMessage(number);
        return char.ToLowerInvariant(text[0]) + text[1..];
    }

    private static string Missing(string path)
    {
        var folder = Path.GetDirectoryName(path);
        return folder is null or "" or "/" || Directory.Exists(folder) ? "there is no such file"
            : File.Exists(folder) ? $"{folder} is not a folder"
            : $"its folder {folder} does not exist";
    }

    private static bool IsBadPath(Exception problem) => problem is ArgumentException { ParamName: "path" or "fileName" };

    // EFBIG is no IOException in .NET.
    private static bool IsTooLarge(Exception problem) => problem is ArgumentOutOfRangeException { ParamName: "value" };
}
