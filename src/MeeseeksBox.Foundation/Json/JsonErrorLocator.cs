using System.Text;
using System.Text.Json;

namespace MeeseeksBox.Foundation.Json;

/// <summary>Describes a JSON syntax error in plain words.</summary>
/// <remarks>The message of the JSON reader has tokens and byte positions; people need the found and the expected text.</remarks>
/// <param name="text">The complete text.</param>
/// <param name="readUpTo">The offset that the reader reached before it failed.</param>
/// <param name="lastToken">The last token that it read.</param>
/// <param name="open">The offsets of the open brackets, innermost first.</param>
/// <param name="options">The options of the reader.</param>
internal readonly ref struct JsonErrorLocator(
    ReadOnlySpan<byte> text, int readUpTo, JsonTokenType lastToken, Stack<int> open, JsonReaderOptions options)
{
    private const string Value = "a value";
    private const string Key = "a key in double quotes";

    private readonly ReadOnlySpan<byte> _text = text;

    /// <summary>Locates and describes the error.</summary>
    public JsonSyntaxError Find()
    {
        var at = SkipBlank(readUpTo);
        return lastToken != JsonTokenType.None && open.Count == 0 ? AfterAll(at) : InPlaceOf(Wanted(ref at), at);
    }

    private JsonSyntaxError AfterAll(int at) => FaultAt(at, $"{Found(at)} found after the end of the value");

    private JsonSyntaxError InPlaceOf(string wanted, int at)
    {
        if (at == _text.Length)
            return FaultAt(at, $"expected {wanted}, found the end of the text{Unclosed()}");
        if (AllowsComments && _text[at] == '/')
            return FaultAt(at, CommentFault(at));
        if (wanted.StartsWith(Key, StringComparison.Ordinal) && _text[at] == '"')
            return AfterKey(at);
        if (wanted.StartsWith(Value, StringComparison.Ordinal) && ValueFault(at) is { } fault)
            return fault;
        return FaultAt(at, $"expected {wanted}, found {Found(at)}{Hint(at)}");
    }

    private string CommentFault(int at) =>
        _text[at..].StartsWith("/*"u8) ? "the comment that starts here has no closing */" : "a comment starts with // or /*";

    private string Wanted(ref int at)
    {
        if (open.Count == 0)
            return Value;
        var inObject = _text[open.Peek()] == '{';
        switch (lastToken)
        {
            case JsonTokenType.PropertyName:
                Step(ref at, ':');
                return Value;
            case JsonTokenType.StartObject or JsonTokenType.StartArray:
            case var _ when options.AllowTrailingCommas && Step(ref at, ','):
                return inObject ? $"{Key} or '}}'" : $"{Value} or ']'";
            case var _ when Step(ref at, ','):
                return inObject ? Key : Value;
            default:
                return Separator;
        }
    }

    private bool AllowsComments => options.CommentHandling != JsonCommentHandling.Disallow;

    private int SkipBlank(int at) => JsonScanner.SkipBlank(_text, at, AllowsComments);

    private string Separator => _text[open.Peek()] == '{' ? "a comma or '}'" : "a comma or ']'";

    private bool Step(ref int at, char separator)
    {
        if (at == _text.Length || _text[at] != separator)
            return false;
        at = SkipBlank(at + 1);
        return true;
    }

    private JsonSyntaxError AfterKey(int at)
    {
        if (JsonScanner.StringFault(_text, at, out var end) is { } fault)
            return fault;
        var next = SkipBlank(end);
        return FaultAt(next, $"expected a colon after the key {Encoding.UTF8.GetString(_text[at..end])}, found {Found(next)}");
    }

    private JsonSyntaxError? ValueFault(int at)
    {
        var found = Found(at);
        return (char)_text[at] switch
        {
            '"' => JsonScanner.StringFault(_text, at, out _),
            '{' or '[' => FaultAt(at, $"nesting exceeds {options.MaxDepth} levels"),
            '-' or '+' or '.' or (>= '0' and <= '9') => NumberFault(at, found),
            (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') => FaultAt(at, $"{found} is not a value: {WordHint(found)}"),
            _ => null,
        };
    }

    // The reader also stops at a valid number if the text after it is wrong.
    private JsonSyntaxError NumberFault(int at, string found)
    {
        var length = JsonScanner.WordLength(_text[at..]);
        if (!JsonScanner.IsNumber(Encoding.UTF8.GetString(_text.Slice(at, length))))
            return FaultAt(at, $"{found} is not a number");
        var next = SkipBlank(at + length);
        return open.Count == 0 ? AfterAll(next) : InPlaceOf(Separator, next);
    }

    private string Found(int at) => at < _text.Length ? JsonScanner.Excerpt(_text, at) : "the end of the text";

    private string Hint(int at) => (char)_text[at] switch
    {
        '\'' => ": text needs double quotes, not single ones",
        '#' when AllowsComments => ": a comment starts with // or is enclosed in /* */",
        _ => string.Empty,
    };

    private static string WordHint(string found) => found switch
    {
        "'True'" or "'TRUE'" => "write true",
        "'False'" or "'FALSE'" => "write false",
        "'None'" or "'NULL'" or "'Null'" => "write null",
        _ => "text needs double quotes",
    };

    private string Unclosed()
    {
        if (open.Count == 0)
            return string.Empty;
        var start = LineColumn.At(_text, open.Peek());
        return $": the '{(char)_text[open.Peek()]}' at line {start.Line}, column {start.Column} is not closed";
    }

    private JsonSyntaxError FaultAt(int offset, string what) => JsonSyntaxError.At(_text, offset, what);
}
