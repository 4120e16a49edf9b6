using System.Globalization;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;

namespace MeeseeksBox.Bench;

/// <summary>The baseline of durable submits: appends records to a file with group commit.</summary>
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

    /// <summary>Appends as many records as each input line says, and prints a line when they are on disk.</summary>
    /// <param name="file">The file.</param>
    /// <param name="length">The bytes of a record.</param>
    /// <param name="workers">The number of workers, each of which waits for the disk.</param>
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
                    await journal.AppendAsync();
            })));
            Console.WriteLine("done");
        }

        return 0;
    }

    /// <summary>Serves on a free port, which it prints, until it is killed.</summary>
    /// <remarks>For each line, a record is on disk before the answer.</remarks>
    /// <param name="file">The file.</param>
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

    // For clients that send one line at a time.
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

    // Each turn takes all waiting records, appends them with one write, flushes once, and releases their workers.
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
