using System.Diagnostics;
using System.Globalization;

namespace MeeseeksBox.Bench;

/// <summary>What the daemon's jobs are measured against: a loop that does nothing but start processes and wait for them.</summary>
internal static class BareProcesses
{
    /// <summary>For every line that comes in: runs so many processes, so many at once, and prints how many there were a second.</summary>
    /// <param name="count">How many.</param>
    /// <param name="parallel">How many at once.</param>
    /// <param name="isCaptured">Whether all three streams are redirected and read, as a daemon has to that keeps what jobs print.</param>
    public static async Task<int> RunAsync(int count, int parallel, bool isCaptured)
    {
        _ = await RateAsync(count / 10, parallel, isCaptured);
        Console.WriteLine((await RateAsync(count, parallel, isCaptured)).ToString(CultureInfo.InvariantCulture));
        await Task.Delay(Timeout.Infinite);
        return 0;
    }

    /// <summary>Runs one process to its end.</summary>
    public static async Task RunOneAsync(bool isCaptured)
    {
        using var process = Process.Start(new ProcessStartInfo("/bin/true")
        {
            RedirectStandardInput = isCaptured,
            RedirectStandardOutput = isCaptured,
            RedirectStandardError = isCaptured,
        })!;
        if (isCaptured)
        {
            process.StandardInput.Close();
            await Task.WhenAll(
                process.StandardOutput.BaseStream.CopyToAsync(Stream.Null),
                process.StandardError.BaseStream.CopyToAsync(Stream.Null));
        }

        await process.WaitForExitAsync();
    }

    private static async Task<double> RateAsync(int count, int parallel, bool isCaptured)
    {
        var left = count;
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, parallel).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                await RunOneAsync(isCaptured);
            }
        })));
        return count / watch.Elapsed.TotalSeconds;
    }
}
