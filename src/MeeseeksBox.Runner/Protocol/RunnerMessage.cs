using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using MeeseeksBox.Foundation.Text;

namespace MeeseeksBox.Runner.Protocol;

/// <summary>A line between a box and its runner: a verb, the run that it is about, and fields (docs/RUNNER.md#lines).</summary>
/// <remarks>Values are bytes, because arguments and variables of a process need not be text.</remarks>
/// <param name="verb">What the line asks for or tells: one of <see cref="RunnerVerb"/>.</param>
/// <param name="run">The id of the run; <see cref="NoRun"/> for a line about none.</param>
public sealed class RunnerMessage(string verb, string run = RunnerMessage.NoRun)
{
    /// <summary>The version of the protocol.</summary>
    public const int ProtocolVersion = 1;

    /// <summary>Stands for the id of a run in a line that is about none.</summary>
    public const string NoRun = "-";

    private const byte Escape = (byte)'%';

    private readonly List<(string Name, byte[] Value)> _fields = [];

    /// <summary>What the line asks for or tells.</summary>
    public string Verb => verb;

    /// <summary>The id of the run.</summary>
    public string Run => run;

    /// <summary>Reads a line.</summary>
    /// <param name="line">The line without its line feed.</param>
    /// <returns>Null when it is not a line of this protocol.</returns>
    public static RunnerMessage? Parse(ReadOnlySpan<byte> line)
    {
        RunnerMessage? message = null;
        string? verb = null;
        foreach (var range in line.Split((byte)' '))
        {
            var word = line[range];
            if (word.IsEmpty)
                return null;
            if (message is not null)
            {
                var equals = word.IndexOf((byte)'=');
                if (equals < 1 || Unescaped(word[(equals + 1)..]) is not { } value)
                    return null;

                message._fields.Add((NameOf(word[..equals], message._fields), value));
                continue;
            }

            if (Unescaped(word) is not { } text)
                return null;
            if (verb is null)
                verb = Encoding.UTF8.GetString(text);
            else
                message = new RunnerMessage(verb, Encoding.UTF8.GetString(text));
        }

        return message;
    }

    /// <summary>Adds a field. A name may repeat: the values of <c>arg</c> and <c>env</c> are lists.</summary>
    public RunnerMessage With(string name, byte[] value)
    {
        _fields.Add((name, value));
        return this;
    }

    /// <inheritdoc cref="With(string, byte[])"/>
    public RunnerMessage With(string name, string value) => With(name, ByteText.Encode(value));

    /// <inheritdoc cref="With(string, byte[])"/>
    public RunnerMessage With(string name, long value) => With(name, value.ToString(CultureInfo.InvariantCulture));

    /// <summary>The first value of a field as text; null without one.</summary>
    public string? Text(string name) =>
        _fields.Find(field => field.Name == name).Value is { } value ? ByteText.Decode(value) : null;

    /// <summary>Number of bytes of all values, before they are escaped.</summary>
    public long Size => _fields.Sum(pair => (long)pair.Value.Length);

    /// <summary>The first value of a field as a whole number; null without one.</summary>
    public long? Number(string name) =>
        Text(name) is { } text && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    /// <summary>All values of a field, in their order.</summary>
    public IReadOnlyList<byte[]> All(string name)
    {
        List<byte[]> values = [];
        foreach (var field in _fields)
        {
            if (field.Name == name)
                values.Add(field.Value);
        }

        return values;
    }

    /// <summary>Writes the line with its line feed.</summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        WriteEscaped(output, Encoding.UTF8.GetBytes(verb));
        output.Write(" "u8);
        WriteEscaped(output, Encoding.UTF8.GetBytes(run));
        foreach (var (name, value) in _fields)
        {
            output.Write(" "u8);
            output.Write(Encoding.UTF8.GetBytes(name));
            output.Write("="u8);
            WriteEscaped(output, value);
        }

        output.Write("\n"u8);
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        var output = new ArrayBufferWriter<byte>();
        WriteTo(output);
        return Encoding.UTF8.GetString(output.WrittenSpan[..^1]);
    }

    // Equal names follow each other, as those of all variables.
    private static string NameOf(ReadOnlySpan<byte> name, List<(string Name, byte[] Value)> before) =>
        before is [.., var (last, _)] && Ascii.Equals(name, last) ? last : Encoding.UTF8.GetString(name);

    private static void WriteEscaped(IBufferWriter<byte> output, ReadOnlySpan<byte> value)
    {
        var target = output.GetSpan(value.Length * 3);
        var length = 0;
        foreach (var letter in value)
        {
            if (letter is > (byte)' ' and not Escape and not 0x7f)
            {
                target[length++] = letter;
                continue;
            }

            target[length++] = Escape;
            _ = Utf8Formatter.TryFormat(letter, target[length..], out _, new StandardFormat('X', 2));
            length += 2;
        }

        output.Advance(length);
    }

    private static byte[]? Unescaped(ReadOnlySpan<byte> word)
    {
        if (!word.Contains(Escape))
            return word.ToArray();

        var value = new byte[word.Length];
        var length = 0;
        for (var index = 0; index < word.Length; index++)
        {
            if (word[index] != Escape)
            {
                value[length++] = word[index];
                continue;
            }

            if (index + 2 >= word.Length || !Utf8Parser.TryParse(word.Slice(index + 1, 2), out byte letter, out var read, 'X') || read != 2)
                return null;

            value[length++] = letter;
            index += 2;
        }

        return value[..length];
    }
}
