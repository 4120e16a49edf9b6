using System.Globalization;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;

namespace MeeseeksBox.Bench;

/// <summary>What durable submits are measured against: records are appended to a file, and all that come while one flush is under way share the next.</summary>
internal sealed class BareJournal : IDisposable
{
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _added = new(0);
    private readonly SafeFileHandle _file;
    private readonly int _length;
    private TaskCompletionSource _flushed = NewFlush();
    private int _waiting;

    private BareJournal(string file, int length)
    {
        (_file, _length) = (File.OpenHandle(file, FileMode.CreateNew, FileAccess.Write), length);
        new Thread(Flush) { IsBackground = true }.Start();
    }

    /// <summary>For each line of the input, a number: has so many records appended by workers that each wait for the disk, and says when all are there.</summary>
    /// <param name="file">Where to append.</param>
    /// <param name="length">The bytes of a record.</param>
    /// <param name="workers">How many append at once.</param>
    public static async Task<int> RunAsync(string file, int length, int workers)
    {
        using var journal = new BareJournal(file, length);
        Console.WriteLine("ready");
        while (await Console.In.ReadLineAsync() is { } line)
        {
            var each = int.Parse(line, CultureInfo.InvariantCulture) / workers;
            await Task.WhenAll(Enumerable.Range(0, workers).Select(_ => Task.Run(async () =>
            {
                for (var i = 0; i < each; i++)
                {
                    await journal.AppendAsync();
                }
            })));
            Console.WriteLine("done");
        }

        return 0;
    }

    /// <summary>Serves on a port of its own, which it prints, until it is killed: a record is on disk for each line before that is answered by a line.</summary>
    /// <param name="file">Where to append.</param>
    /// <param name="length">The bytes of a record.</param>
    /// <param name="answerLength">The bytes of each answer, with its newline.</param>
    public static async Task<int> ServeAsync(string file, int length, int answerLength)
    {
        using var journal = new BareJournal(file, length);
        return await BareServer.RunAsync(client => journal.ServeAsync(client, answerLength));
    }

    public void Dispose()
    {
        _file.Dispose();
        _added.Dispose();
    }

    // Of clients that send one line at a time.
    private async Task ServeAsync(Socket client, int answerLength)
    {
        using var socket = client;
        var input = new byte[16 * 1024];
        var answer = new byte[answerLength];
        answer.AsSpan().Fill((byte)'x');
        answer[^1] = (byte)'\n';
        while (await socket.ReceiveAsync(input) > 0)
        {
            await AppendAsync();
            _ = await socket.SendAsync(answer);
        }
    }

    private Task AppendAsync()
    {
        Task flushed;
        lock (_lock)
        {
            _waiting++;
            flushed = _flushed.Task;
        }

        _ = _added.Release();
        return flushed;
    }

    // One turn: take all records that there are, append them with one write, flush once, let all go on.
    private void Flush()
    {
        var records = Array.Empty<byte>();
        for (var end = 0L; ;)
        {
            _added.Wait();
            int count;
            TaskCompletionSource flushed;
            lock (_lock)
            {
                (count, _waiting) = (_waiting, 0);
                (flushed, _flushed) = (_flushed, NewFlush());
            }

            if (count > 0)
            {
                records = records.Length < count * _length ? new byte[count * _length] : records;
                RandomAccess.Write(_file, records.AsSpan(0, count * _length), end);
                RandomAccess.FlushToDisk(_file);
                end += count * _length;
            }

            flushed.SetResult();
        }
    }

    private static TaskCompletionSource NewFlush() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
