using System.Diagnostics;
using System.Globalization;

namespace MeeseeksBox.Bench;

/// <summary>What the daemon's jobs are measured against: a loop that does nothing but start processes and wait for them.</summary>
internal static class BareProcesses
{
    /// <summary>For every line that comes in, which says how many: runs so many processes, and prints a line when all have ended.</summary>
    /// <param name="parallel">How many at once.</param>
    /// <param name="isCaptured">Whether all three streams are redirected and read, as a daemon has to that keeps what jobs print.</param>
    public static async Task<int> RunAsync(int parallel, bool isCaptured)
    {
        Console.WriteLine("ready");
        while (Console.ReadLine() is { } line)
        {
            await BurstAsync(int.Parse(line, CultureInfo.InvariantCulture), parallel, isCaptured);
            Console.WriteLine("done");
        }

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

    private static Task BurstAsync(int count, int parallel, bool isCaptured) =>
        Task.WhenAll(Enumerable.Range(0, parallel).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Decrement(ref count) >= 0)
            {
                await RunOneAsync(isCaptured);
            }
        })));
}
