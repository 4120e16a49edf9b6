namespace MeeseeksBox.Protocol.Configuration;

/// <summary>Reads a config file: one JSON object, in which comments and trailing commas are allowed.</summary>
internal static class ConfigFile
{
    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>Reads a file; null when it is invalid, with the reasons in the diagnostics.</summary>
    public static ConfigObject? Read(string path, ConfigDiagnostics diagnostics)
    {
        if (ReadBytes(path, out var problem) is { } bytes)
            return Parse(bytes, path, diagnostics);
        diagnostics.AddProblem(problem!);
        return null;
    }

    /// <summary>Reads a configuration file, or a file that a configuration names.</summary>
    /// <param name="path">The file.</param>
    /// <param name="problem">Why the file cannot be read, with its name.</param>
    public static byte[]? ReadBytes(string path, out string? problem)
    {
        problem = null;
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception exception)
            when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            problem = $"{path}: the file cannot be read: {Reason(path, exception)}";
            return null;
        }
    }

    /// <summary>Parses the text of a file.</summary>
    public static ConfigObject? Parse(ReadOnlySpan<byte> text, string path, ConfigDiagnostics diagnostics)
    {
        if (text.StartsWith(ByteOrderMark))
            text = text[ByteOrderMark.Length..];

        var value = new ConfigParser(path, hasLines: true, diagnostics).Parse(text, out var fault);
        if (fault is not null)
            diagnostics.AddProblem($"{new SourceLocation(path, fault.Line, fault.Column)}: {fault.Text}");
        else if (value is not ConfigObject)
            diagnostics.AddProblem($"{value!.Origin}: a config file must be one object in {{ }}, not {value.Display}");
        return value as ConfigObject;
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
