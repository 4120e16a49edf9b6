using System.Runtime.InteropServices;

namespace MeeseeksBox.Foundation.Unix;

/// <summary>Explains in plain words why a file cannot be used.</summary>
public static class FileFault
{
    /// <summary>The reason of a failure.</summary>
    /// <param name="path">The path of the file.</param>
    /// <param name="failure">The exception of .NET.</param>
    public static string Reason(string path, Exception failure) => failure switch
    {
        _ when path.Contains('\0') => "a file name cannot have a NUL character",
        FileNotFoundException => "there is no such file",
        DirectoryNotFoundException => "there is no such folder",
        _ when FileKind.Of(path) is FileKind.Folder => "it is a directory",
        UnauthorizedAccessException => "permission denied",

        // Of an error of the system, .NET stores the number here.
        IOException { HResult: > 0 and < 4096 and var number } => Marshal.GetPInvokeErrorMessage(number),
        _ => failure.Message,
    };
}
