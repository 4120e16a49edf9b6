using MeeseeksBox.Foundation.Files;

namespace MeeseeksBox.Configuration;

/// <summary>Reads a config file: one JSON object, in which comments and trailing commas are allowed.</summary>
internal static class ConfigFile
{
    private static readonly string[] Extensions = [".cfg", ".conf", ".json"];

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>Reads a file; null when it is invalid, with the reasons in the diagnostics.</summary>
    public static ConfigObject? Read(string path, ConfigDiagnostics diagnostics)
    {
        var file = NamedFile.Read(path);
        if (file.IsSuccess)
            return Parse(file.Value, path, diagnostics);
        diagnostics.AddProblem(IsLikeSetting(path) ? $"{file.Problem}; a setting has a value: {path}=VALUE" : file.Problem);
        return null;
    }

    // A missing file whose name looks like a key, and not like that of a file of settings.
    private static bool IsLikeSetting(string path) =>
        !path.Contains('/', StringComparison.Ordinal) && !File.Exists(path)
        && !Extensions.Any(extension => path.EndsWith(extension, StringComparison.OrdinalIgnoreCase));

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
