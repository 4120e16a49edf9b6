using MeeseeksBox.Foundation.Files;

namespace MeeseeksBox.Configuration;

/// <summary>Reads a config file: one JSON object, in which comments and trailing commas are allowed.</summary>
internal static class ConfigFile
{
    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>Reads a file; null when it is invalid, with the reasons in the diagnostics.</summary>
    public static ConfigObject? Read(string path, ConfigDiagnostics diagnostics)
    {
        var file = NamedFile.Read(path);
        if (file.IsSuccess)
            return Parse(file.Value, path, diagnostics);
        diagnostics.AddProblem(file.Problem);
        return null;
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
}
