using System.Globalization;

namespace MeeseeksBox.Bench;

/// <summary>What durable submits are measured against: workers that append a record each and wait until it is on disk, and share the flushes.</summary>
internal static class BareJournal
{
    private static readonly Lock Gate = new();
    private static readonly SemaphoreSlim Added = new(0);
    private static TaskCompletionSource _flushed = NewFlush();
    private static int _waiting;

    /// <summary>For each line of the input, a number: has so many records appended, and says when all are on disk.</summary>
    /// <param name="file">Where to append.</param>
    /// <param name="length">The bytes of a record.</param>
    /// <param name="workers">How many append at once.</param>
    public static async Task<int> RunAsync(string file, int length, int workers)
    {
        using var handle = File.OpenHandle(file, FileMode.CreateNew, FileAccess.Write);
        new Thread(() => Flush(handle, new byte[length * workers], length)) { IsBackground = true }.Start();
        Console.WriteLine("ready");
        while (await Console.In.ReadLineAsync() is { } line)
        {
            var each = int.Parse(line, CultureInfo.InvariantCulture) / workers;
            await Task.WhenAll(Enumerable.Range(0, workers).Select(_ => Task.Run(() => AppendAsync(each))));
            Console.WriteLine("done");
        }

        return 0;
    }

    private static async Task AppendAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            Task flushed;
            lock (Gate)
            {
                _waiting++;
                flushed = _flushed.Task;
            }

            _ = Added.Release();
            await flushed;
        }
    }

    // One turn: take all records that there are, append them with one write, flush once, let all go on.
    private static void Flush(Microsoft.Win32.SafeHandles.SafeFileHandle handle, byte[] records, int length)
    {
        for (var end = 0L; ;)
        {
            Added.Wait();
            int count;
            TaskCompletionSource flushed;
            lock (Gate)
            {
                (count, _waiting) = (_waiting, 0);
                (flushed, _flushed) = (_flushed, NewFlush());
            }

            if (count > 0)
            {
                RandomAccess.Write(handle, records.AsSpan(0, count * length), end);
                RandomAccess.FlushToDisk(handle);
                end += count * length;
            }

            flushed.SetResult();
        }
    }

    private static TaskCompletionSource NewFlush() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
