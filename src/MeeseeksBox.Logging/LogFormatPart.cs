using System.Globalization;
using Serilog.Events;

namespace MeeseeksBox.Logging;

/// <summary>A part of a log line: a literal text, or a field of the event.</summary>
/// <param name="Text">The text of a literal.</param>
/// <param name="Field">The field; null for a literal.</param>
internal sealed record LogFormatPart(string Text, LogField? Field)
{
    private const int PythonsDecimals = 6;

    /// <summary>The conversion: <c>s</c> text, <c>d</c> whole number, <c>f</c> decimal number.</summary>
    public char Conversion { get; init; } = 's';

    /// <summary>Whether the field is left-aligned.</summary>
    public bool IsLeft { get; init; }

    /// <summary>Whether a number is padded with zeros.</summary>
    public bool HasZeros { get; init; }

    /// <summary>The minimum number of characters.</summary>
    public int Width { get; init; }

    /// <summary>The decimals of a number, or the maximum number of characters of a text.</summary>
    public int? Precision { get; init; }

    /// <summary>Creates a part that is the same in every line.</summary>
    public static LogFormatPart Literal(string text) => new(text, Field: null);

    /// <summary>Formats the part for an event.</summary>
    public string Of(LogEvent logEvent, string? dateFormat)
    {
        if (Field is null)
            return Text;
        var value = Conversion switch
        {
            'd' => Math.Truncate(Field.Number(logEvent)).ToString("F0", CultureInfo.InvariantCulture),
            'f' => Field.Number(logEvent).ToString($"F{Precision ?? PythonsDecimals}", CultureInfo.InvariantCulture),
            's' => Cut(Field.Text(logEvent, dateFormat)),
            _ => throw new InvalidOperationException($"No part of a log line is converted by '{Conversion}'."),
        };
        return IsLeft ? value.PadRight(Width) : value.PadLeft(Width, HasZeros ? '0' : ' ');
    }

    private string Cut(string text) => Precision is { } most && text.Length > most ? text[..most] : text;
}
