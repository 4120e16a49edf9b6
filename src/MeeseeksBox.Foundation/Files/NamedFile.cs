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
        catch (Exception problem) when (FileProblem.Is(problem) || problem is ArgumentException or NotSupportedException)
        {
            return new Error($"{path}: the file cannot be read: {FileProblem.Reason(path, problem)}");
        }
    }
}
