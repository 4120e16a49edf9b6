using System.Text.RegularExpressions;
using MeeseeksBox.Foundation.Text;

namespace MeeseeksBox.CommandLine.Output;

/// <summary>A line that a job printed, for a screen.</summary>
internal static partial class HarmlessLine
{
    private const int TabWidth = 8;

    /// <summary>The line as a terminal would show it, without effects of its control characters.</summary>
    /// <remarks>
    /// Sequences for colours and the cursor are removed. Of a line that overwrites itself, as a progress bar does, the last text is
    /// kept. Other control characters are escaped.
    /// </remarks>
    public static string Of(string line)
    {
        line = Sequence().Replace(line, "").TrimEnd('\r');
        line = line[(line.LastIndexOf('\r') + 1)..];
        for (var tab = line.IndexOf('\t', StringComparison.Ordinal); tab >= 0; tab = line.IndexOf('\t', StringComparison.Ordinal))
            line = $"{line[..tab]}{new string(' ', TabWidth - (TextWidth.Of(SingleLine.Of(line[..tab])) % TabWidth))}{line[(tab + 1)..]}";

        return SingleLine.Of(line);
    }

    // ECMA-48: control sequences, strings up to their terminator, and other escapes.
    [GeneratedRegex(@"\e\[[0-?]*[ -/]*[@-~]|\e[PX\]^_][^\a\e]*(?:\a|\e\\)?|\e[ -/]*[0-~]|\u009b[0-?]*[ -/]*[@-~]")]
    private static partial Regex Sequence();
}
