namespace MeeseeksBox.Agent.Tests.State;

/// <summary>The bytes of a file after random damage: flipped, cut, inserted, deleted and repeated ones.</summary>
internal sealed class DamagedBytes
{
    private static readonly byte[][] Inserted =
    [
        [.. "\n"u8], [.. "\""u8], [.. "{"u8], [.. "}"u8], [.. ","u8], [.. "\\"u8], [.. "\"\\ud800\":"u8], [.. "{\"gone\":\""u8],
        [.. "\"x\":{"u8], [.. "},"u8], [.. "\0\0\0\0"u8], [.. "\r"u8], [0xff], [0xed, 0xa0, 0x80], [.. "[[[["u8], [.. "\"ts\":1e999,"u8],
    ];

    private readonly byte[] _bytes;
    private readonly Random _random;
    private readonly List<(int From, int To)> _changed = [];

    /// <param name="bytes">The undamaged bytes.</param>
    /// <param name="seed">The seed of the damage.</param>
    /// <param name="most">The most places that are damaged.</param>
    public DamagedBytes(byte[] bytes, int seed, int most)
    {
        (_bytes, _random) = (bytes, new Random(seed));
        var places = Enumerable.Range(0, 1 + _random.Next(most)).Select(_ => _random.Next(bytes.Length + 1)).Distinct().Order();
        var result = new List<byte>();
        var done = 0;
        foreach (var place in places.Where(place => place >= done).ToList())
        {
            if (place < done)
                continue;

            result.AddRange(bytes[done..place]);
            var (removed, added) = Damage(place);
            result.AddRange(added);
            done = place + removed;
            _changed.Add((place, done));
        }

        result.AddRange(bytes[done..]);
        Bytes = [.. result];
    }

    /// <summary>The damaged bytes.</summary>
    public byte[] Bytes { get; }

    /// <summary>True when no byte from one place up to another one was changed, and none was inserted between them.</summary>
    public bool IsWhole(int from, int to) => !_changed.Exists(change => change.From < to && change.To > from);

    /// <summary>True when nothing was changed or inserted there, nor at its ends.</summary>
    public bool IsUntouched(int from, int to) => !_changed.Exists(change => change.From <= to && change.To >= from);

    private (int Removed, byte[] Added) Damage(int place)
    {
        var length = Math.Min(1 + _random.Next(_random.Next(4) is 0 ? 400 : 8), _bytes.Length - place);
        switch (_random.Next(6))
        {
            case 0 when length > 0:
                return (1, [(byte)(_bytes[place] ^ (1 << _random.Next(8)))]);
            case 1:
                return (length, []);
            case 2 when _random.Next(10) is 0:
                return (_bytes.Length - place, []);
            case 3:
                var random = new byte[length];
                _random.NextBytes(random);
                return (0, random);
            case 4:
                return (0, _bytes[place..(place + length)]);
            default:
                return (0, Inserted[_random.Next(Inserted.Length)]);
        }
    }
}
