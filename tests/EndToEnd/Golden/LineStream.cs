using System.Text;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Golden;

/// <summary>The lines of a stream, unchanged but for the newline.</summary>
internal sealed class LineStream(Stream stream)
{
    private readonly List<byte> _line = [];
    private readonly byte[] _buffer = new byte[4096];
    private int _start;
    private int _end;

    /// <summary>Sends a line.</summary>
    public Task SendAsync(string line) => SendTextAsync(line + "\n");

    /// <summary>Sends text unchanged.</summary>
    public Task SendTextAsync(string text) =>
        stream.WriteAsync(Encoding.UTF8.GetBytes(text), TestContext.Current.CancellationToken).AsTask().WaitAsync(Wait.Limit);

    /// <summary>Receives a line.</summary>
    /// <returns>The line; null at the end of the connection. A last line without a newline is marked.</returns>
    /// <exception cref="TimeoutException">No line arrived in time.</exception>
    public async Task<string?> ReadAsync()
    {
        _line.Clear();
        while (true)
        {
            if (_start == _end)
            {
                (_start, _end) = (0, await ReadSomeAsync());
                if (_end is 0)
                    return _line.Count is 0 ? null : Encoding.UTF8.GetString([.. _line]) + "[no newline]";
            }

            var next = _buffer[_start++];
            if (next is (byte)'\n')
                return Encoding.UTF8.GetString([.. _line]);
            _line.Add(next);
        }
    }

    private async Task<int> ReadSomeAsync()
    {
        try
        {
            return await stream.ReadAsync(_buffer, TestContext.Current.CancellationToken).AsTask().WaitAsync(Wait.Limit);
        }
        catch (IOException)
        {
            // A reset: the other side closed the connection with bytes unread.
            return 0;
        }
    }
}
