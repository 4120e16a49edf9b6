using System.Text;
using System.Text.Json;

namespace MeeseeksBox.Testing;

/// <summary>Mutates the structure of lines of JSON, reproducibly by a seed.</summary>
/// <remarks>
/// Members and elements are removed, doubled, renamed, swapped, nested, or replaced by values of other lines and by extreme ones. Most
/// results are valid JSON, so that they pass the parser and reach the rules behind it.
/// </remarks>
public sealed class JsonMutator
{
    private const int DeepestNesting = 140;

    private static readonly string[] Extremes =
    [
        "null", "true", "false", "0", "-1", "1", "-0.0", "1e999", "-1e999", "1e-400", "9007199254740993", "9223372036854775807",
        "9223372036854775808", "-9223372036854775809", "18446744073709551616", "2147483648", "1e300", "0.1", "1e15", "253402300800",
        new string('9', 400), "\"\"", "\" \"", "\"*\"", "\"a*\"", "\"\\ud800\"", "\"x\\udc00y\"", "\"\\u0000\"", "\"\\n\"", "\"ü\"",
        "\"new\"", "\"running\"", "\"killed\"", "\"done\"", "\"failed\"", "\"expired\"", "\"__config\"", "\"here\"", "\"peer\"", "[]", "{}",
        "[null]", "[[]]", "{\"\":{}}", "[\"here\"]", "\"aGVsbG8=\"", "\"aGVsbG8\"", $"\"{new string('x', 5000)}\"",
    ];

    private readonly List<Value> _lines;
    private readonly List<string> _keys;
    private readonly Dictionary<string, List<Value>> _byKey;
    private readonly List<Value> _values;
    private readonly Random _random;

    /// <param name="corpus">Valid lines of JSON.</param>
    /// <param name="seed">The seed of the mutations.</param>
    public JsonMutator(IEnumerable<string> corpus, int seed)
    {
        _random = new Random(seed);
        _lines = [.. corpus.Select(line => Value.Of(JsonElement.Parse(line)))];
        var members = _lines.SelectMany(line => line.Containers()).SelectMany(value => value.Children).ToList();
        _keys = [.. members.Select(member => member.Key).Distinct(), "\"\\ud800\"", "\"\"", "\"\\u0000\"", "\"here\"", "\"seq\""];
        _byKey = members.GroupBy(member => member.Key, member => member.Value).ToDictionary(group => group.Key, group => group.ToList());
        _values = [.. members.Select(member => member.Value)];
    }

    /// <summary>Creates the next line, without a newline.</summary>
    public byte[] Next()
    {
        var line = Any(_lines).Copy();
        for (var times = _random.Next(5); times >= 0; times--)
            Mutate(line);

        var text = new StringBuilder();
        line.Write(text);
        var bytes = Encoding.UTF8.GetBytes(text.ToString());
        switch (_random.Next(40))
        {
            case 0:
                return bytes[.._random.Next(1, bytes.Length)];
            case 1:
                bytes[_random.Next(bytes.Length)] = 0xff;
                return bytes;
            default:
                return bytes;
        }
    }

    private void Mutate(Value line)
    {
        var container = Any(line.Containers().ToList());
        var children = container.Children;
        if (children is [] || _random.Next(10) is 0)
        {
            children.Insert(_random.Next(children.Count + 1), (Any(_keys), Other().Copy()));
            return;
        }

        var index = _random.Next(children.Count);
        var (key, value) = children[index];
        switch (_random.Next(9))
        {
            case 0:
                children.RemoveAt(index);
                break;
            case 1:
                children.Insert(_random.Next(children.Count + 1), (key, value.Copy()));
                break;
            case 2:
                children[index] = (Any(_keys), value);
                break;
            case 3:
                children[index] = (key, Other().Copy());
                break;
            case 4 or 5 when _byKey.TryGetValue(key, out var others):
                children[index] = (key, Any(others).Copy());
                break;
            case 6:
                children[index] = (key, Nested(value));
                break;
            case 7:
                var place = _random.Next(children.Count);
                (children[index], children[place]) = ((key, children[place].Value), (children[place].Key, value));
                break;
            default:
                children[index] = (key, new Value { Raw = Any(Extremes) });
                break;
        }
    }

    private Value Other() => _random.Next(2) is 0 ? Any(_values) : new Value { Raw = Any(Extremes) };

    private Value Nested(Value value)
    {
        for (var depth = _random.Next(10) is 0 ? _random.Next(DeepestNesting) : _random.Next(3); depth >= 0; depth--)
            value = new Value { IsObject = _random.Next(2) is 0, Nested = [("\"a\"", value)] };
        return value;
    }

    private T Any<T>(IReadOnlyList<T> values) => values[_random.Next(values.Count)];

    // A value of JSON that can be wrong: keys may repeat, and each scalar is a text.
    private sealed class Value
    {
        public string? Raw { get; init; }

        public bool IsObject { get; init; }

        public List<(string Key, Value Value)>? Nested { get; init; }

        public List<(string Key, Value Value)> Children => Nested ?? [];

        public static Value Of(JsonElement json) => json.ValueKind switch
        {
            JsonValueKind.Object => new()
            {
                IsObject = true,
                Nested = [.. json.EnumerateObject().Select(member => (JsonSerializer.Serialize(member.Name), Of(member.Value)))],
            },
            JsonValueKind.Array => new() { Nested = [.. json.EnumerateArray().Select(element => ("\"\"", Of(element)))] },
            _ => new() { Raw = json.GetRawText() },
        };

        public Value Copy() => new()
        {
            Raw = Raw,
            IsObject = IsObject,
            Nested = Nested?.ConvertAll(child => (child.Key, child.Value.Copy())),
        };

        public IEnumerable<Value> Containers() =>
            Nested is null ? [] : Nested.SelectMany(child => child.Value.Containers()).Prepend(this);

        public void Write(StringBuilder text)
        {
            if (Nested is null)
            {
                _ = text.Append(Raw);
                return;
            }

            _ = text.Append(IsObject ? '{' : '[');
            var separator = "";
            foreach (var (key, value) in Nested)
            {
                _ = text.Append(separator).Append(IsObject ? key + ":" : "");
                value.Write(text);
                separator = ",";
            }

            _ = text.Append(IsObject ? '}' : ']');
        }
    }
}
