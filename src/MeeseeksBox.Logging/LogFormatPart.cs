using System.Globalization;
using Serilog.Events;

namespace MeeseeksBox.Logging;

/// <summary>A part of a line of the log: text, or a field of the event.</summary>
/// <param name="Text">The text, when it is no field.</param>
/// <param name="Field">The field, when it is one.</param>
internal sealed record LogFormatPart(string Text, LogField? Field)
{
    private const int PythonsDecimals = 6;

    /// <summary>How it is written: <c>s</c> text, <c>d</c> whole number, <c>f</c> decimal number.</summary>
    public char Conversion { get; init; } = 's';

    /// <summary>Whether it stands at the left of its width.</summary>
    public bool IsLeft { get; init; }

    /// <summary>Whether a number is filled up with zeros.</summary>
    public bool HasZeros { get; init; }

    /// <summary>How many characters it has, at least.</summary>
    public int Width { get; init; }

    /// <summary>How many decimals a number has, or how many characters text has at most.</summary>
    public int? Precision { get; init; }

    /// <summary>A part that is the same in every line.</summary>
    public static LogFormatPart Literal(string text) => new(text, Field: null);

    /// <summary>Writes the part of an event.</summary>
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
