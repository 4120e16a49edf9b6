using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using MeeseeksBox.Foundation.Json;

namespace MeeseeksBox.Configuration;

/// <summary>Reads one JSON value, with comments and trailing commas. A parser is used once.</summary>
/// <param name="source">The source of the values.</param>
/// <param name="hasLines">Whether the values record line and column: true for a file, false for a word or a request.</param>
/// <param name="diagnostics">Receives the warnings.</param>
internal sealed class ConfigParser(string source, bool hasLines, ConfigDiagnostics diagnostics)
{
    private static readonly JsonReaderOptions Options = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        MaxDepth = ConfigObject.DeepestNesting,
    };

    private static readonly SourceLocation NoOrigin = new(string.Empty);

    private readonly SourceLocation _origin = hasLines ? NoOrigin : new SourceLocation(source);
    private LineColumn _cursor = new();

    /// <summary>Reads the whole text as one value.</summary>
    /// <param name="text">UTF-8, without a byte order mark.</param>
    /// <param name="fault">The syntax error, when the result is null.</param>
    public ConfigValue? Parse(ReadOnlySpan<byte> text, out JsonSyntaxError? fault)
    {
        fault = null;
        if (!Utf8.IsValid(text))
        {
            fault = JsonSyntaxError.Find(text, Options);
            return null;
        }

        var reader = new Utf8JsonReader(text, Options);
        try
        {
            _ = reader.Read();
            var value = ReadValue(ref reader, text);
            _ = reader.Read();
            return value;
        }
        catch (JsonException)
        {
            fault = JsonSyntaxError.Find(text, Options);
        }
        catch (InvalidOperationException)
        {
            // The reader accepts a lone \ud800 until GetString.
            fault = JsonSyntaxError.At(text, (int)reader.TokenStartIndex, @"a \u escape in this text is half of a surrogate pair");
        }

        return null;
    }

    private ConfigValue ReadValue(ref Utf8JsonReader reader, ReadOnlySpan<byte> text)
    {
        var origin = Origin(ref reader, text);
        return reader.TokenType switch
        {
            JsonTokenType.StartObject => ReadObject(ref reader, text, origin),
            JsonTokenType.StartArray => ReadList(ref reader, text, origin),
            JsonTokenType.String => new ConfigScalar(JsonValueKind.String, reader.GetString()!, origin),
            JsonTokenType.Number => new ConfigScalar(JsonValueKind.Number, Encoding.UTF8.GetString(reader.ValueSpan), origin),
            JsonTokenType.True => new ConfigScalar(JsonValueKind.True, "true", origin),
            JsonTokenType.False => new ConfigScalar(JsonValueKind.False, "false", origin),
            JsonTokenType.Null => new ConfigScalar(JsonValueKind.Null, "null", origin),
            _ => throw new InvalidOperationException($"No value starts with a token of type {reader.TokenType}."),
        };
    }

    private ConfigObject ReadObject(ref Utf8JsonReader reader, ReadOnlySpan<byte> text, SourceLocation origin)
    {
        var members = new OrderedDictionary<string, ConfigValue>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var key = reader.GetString()!;
            if (members.Remove(key))
                diagnostics.AddWarning($"{Origin(ref reader, text)}: duplicate key '{key}'; the last value counts");
            _ = reader.Read();
            members.Add(key, ReadValue(ref reader, text));
        }

        return new ConfigObject(members, origin);
    }

    private ConfigList ReadList(ref Utf8JsonReader reader, ReadOnlySpan<byte> text, SourceLocation origin)
    {
        var items = new List<ConfigValue>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            items.Add(ReadValue(ref reader, text));
        return new ConfigList(items, origin);
    }

    private SourceLocation Origin(ref Utf8JsonReader reader, ReadOnlySpan<byte> text)
    {
        if (!hasLines)
            return _origin;
        _cursor.MoveTo(text, (int)reader.TokenStartIndex);
        return new SourceLocation(source, _cursor.Line, _cursor.Column);
    }
}
