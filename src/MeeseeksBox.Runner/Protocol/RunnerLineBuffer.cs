using System.Buffers;

namespace MeeseeksBox.Runner.Protocol;

/// <summary>Collects received bytes until they are lines.</summary>
/// <param name="longestLine">The number of bytes that a line may have.</param>
public sealed class RunnerLineBuffer(int longestLine = RunnerLineBuffer.LongestLine)
{
    private const int MostBytes = 64 * 1024;
    private const int LongestLine = 64 * 1024 * 1024;

    private readonly ArrayBufferWriter<byte> _input = new();

    // The number of bytes that have no line feed.
    private int _searched;

    /// <summary>Space for the next bytes.</summary>
    public Memory<byte> Free => _input.GetMemory(MostBytes);

    /// <summary>Takes bytes that were written to <see cref="Free"/>, and passes on each line that is complete.</summary>
    /// <param name="count">The number of bytes.</param>
    /// <param name="received">Called with each line; one that is not of this protocol is left out.</param>
    /// <returns>False when the unfinished line is too long.</returns>
    public bool Take(int count, Action<RunnerMessage> received)
    {
        _input.Advance(count);
        var bytes = _input.WrittenSpan;
        var begin = 0;
        for (int end; (end = bytes[_searched..].IndexOf((byte)'\n')) >= 0; _searched = begin)
        {
            if (RunnerMessage.Parse(bytes[begin..(_searched + end)]) is { } message)
                received(message);
            begin = _searched + end + 1;
        }

        _searched = bytes.Length - begin;
        if (begin > 0)
        {
            var left = bytes[begin..].ToArray();
            _input.ResetWrittenCount();
            _input.Write(left);
        }

        return _searched <= longestLine;
    }
}
