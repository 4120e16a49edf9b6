namespace MeeseeksBox.Foundation.Files;

/// <summary>Reads a file that a person named.</summary>
public static class NamedFile
{
    /// <summary>Reads the whole file. An error names the file and the reason.</summary>
    public static Result<byte[]> Read(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception exception)
            when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return new Error($"{path}: the file cannot be read: {Reason(path, exception)}");
        }
    }

    private static string Reason(string path, Exception exception) => exception switch
    {
        FileNotFoundException or DirectoryNotFoundException => "there is no such file",
        ArgumentException => "this is not a valid file name",
        _ when Directory.Exists(path) => "it is a directory",
        UnauthorizedAccessException => "permission denied",
        _ => exception.Message,
    };
}
