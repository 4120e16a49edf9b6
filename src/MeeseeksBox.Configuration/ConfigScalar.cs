using System.Text.Json;
using MeeseeksBox.Foundation.Text;

namespace MeeseeksBox.Configuration;

/// <summary>A text, a number, true, false or null.</summary>
public sealed class ConfigScalar : ConfigValue
{
    private const int LongestDisplay = 60;

    /// <summary>Creates a value from the text that was written.</summary>
    /// <param name="kind">One of <c>String</c>, <c>Number</c>, <c>True</c>, <c>False</c>, <c>Null</c>.</param>
    /// <param name="text">The text, the number as it was written (a valid JSON number), or the keyword.</param>
    /// <param name="origin">Where it was written.</param>
    public ConfigScalar(JsonValueKind kind, string text, SourceLocation origin)
        : base(origin)
    {
        Kind = kind;
        Text = text;
    }

    /// <summary>The type of the value.</summary>
    public JsonValueKind Kind { get; }

    /// <summary>The text, the number as it was written, or <c>true</c>, <c>false</c>, <c>null</c>.</summary>
    public string Text { get; }

    /// <summary>True for null, which means "not set".</summary>
    public bool IsNull => Kind == JsonValueKind.Null;

    /// <inheritdoc/>
    public override string Display
    {
        get
        {
            var text = SingleLine.Of(Text.Length > LongestDisplay ? string.Concat(Text.AsSpan(0, LongestDisplay), "…") : Text);
            return Kind == JsonValueKind.String ? $"'{text}'" : text;
        }
    }
}
