using System.Text;

namespace MeeseeksBox.Testing;

/// <summary>Mutates valid lines for fuzz tests, reproducibly by a seed.</summary>
/// <remarks>Parts of a line are cut, duplicated, swapped, or replaced by problematic bytes and values.</remarks>
public sealed class LineMutator
{
    private static readonly byte[][] Problematic =
    [
        .. new[]
        {
            "{", "}", "[", "]", ",", ":", "\"", "null", "true", "false", "-1", "0", "1e999", "-0.0",
            "18446744073709551616", "1e-400", "\"*\"", "\"\"", "\"\\ud800\"", "\"\\u0000\"", "\\", "/*", "//", "{}", "[]", "[[",
            "{\"a\":", "\"seq\":-1", "\"wait\":0.001",
            "\"ids\":[]", "\"id\":\"a*\"", "\"tags\":[null]", "\"args\":{}", "\"node\":[\"a\",\"b\",\"*\"]",
            "\"state\":\"killed\"", "\"state\":\"new\"", "\"options\":{\"pretty\":1}", "NaN", "ü", "\t", "\r",
        }.Select(Encoding.UTF8.GetBytes),
        [0x00],
        [0xff],
        [0xc3],
        [0xed, 0xa0, 0x80],
        [.. Enumerable.Repeat((byte)'[', 200)],
        [.. Enumerable.Repeat((byte)'9', 400)],
    ];

    private readonly byte[][] _corpus;
    private readonly Random _random;

    /// <param name="corpus">Valid lines, without newlines.</param>
    /// <param name="seed">The seed of the mutations.</param>
    public LineMutator(IEnumerable<string> corpus, int seed)
    {
        _corpus = [.. corpus.Select(Encoding.UTF8.GetBytes)];
        _random = new Random(seed);
    }

    /// <summary>Creates the next line, without a newline and never empty: an empty line ends a connection.</summary>
    public byte[] Next()
    {
        var line = new List<byte>(Pick());
        for (var times = _random.Next(4); times >= 0; times--)
            Mutate(line);

        _ = line.RemoveAll(value => value is (byte)'\n');
        if (line is [] or [(byte)'\r'])
            line.Add((byte)'x');

        return [.. line];
    }

    private byte[] Pick() => _corpus[_random.Next(_corpus.Length)];

    private void Mutate(List<byte> line)
    {
        var place = _random.Next(line.Count + 1);
        var length = Math.Min(_random.Next(12), line.Count - place);
        switch (_random.Next(7))
        {
            case 0:
                line.RemoveRange(place, length);
                break;
            case 1:
                line.InsertRange(place, line.GetRange(place, length));
                break;
            case 2:
                line.RemoveRange(place, length);
                line.InsertRange(place, Problematic[_random.Next(Problematic.Length)]);
                break;
            case 3:
                line.InsertRange(place, Problematic[_random.Next(Problematic.Length)]);
                break;
            case 4 when place < line.Count:
                line[place] ^= (byte)(1 << _random.Next(8));
                break;
            case 5:
                SwapValue(line);
                break;
            default:
                var other = Pick();
                line.RemoveRange(place, line.Count - place);
                line.AddRange(other.AsSpan(_random.Next(other.Length)));
                break;
        }
    }

    // Replaces a value after a colon by another one from the corpus, so that the line is often still JSON.
    private void SwapValue(List<byte> line)
    {
        var (ours, other) = (Value([.. line]), Pick());
        var theirs = Value(other);
        if (ours is { } here && theirs is { } there)
        {
            line.RemoveRange(here.Start, here.Length);
            line.InsertRange(here.Start, other.AsSpan(there.Start, there.Length).ToArray());
        }
    }

    private (int Start, int Length)? Value(byte[] line)
    {
        var start = Array.IndexOf(line, (byte)':', _random.Next(line.Length + 1) is var from && from < line.Length ? from : 0) + 1;
        if (start is 0)
            return null;

        var depth = 0;
        for (var end = start; end < line.Length; end++)
        {
            depth += line[end] is (byte)'{' or (byte)'[' ? 1 : line[end] is (byte)'}' or (byte)']' ? -1 : 0;
            if (depth < 0 || (depth is 0 && line[end] is (byte)','))
                return (start, end - start);
        }

        return null;
    }
}
