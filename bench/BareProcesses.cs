using System.Diagnostics;
using System.Globalization;

namespace MeeseeksBox.Bench;

/// <summary>The baseline of jobs: a loop that starts processes and waits for them.</summary>
internal static class BareProcesses
{
    /// <summary>Runs as many processes as each input line says, and prints a line when all have ended.</summary>
    /// <param name="parallel">The number of concurrent processes.</param>
    /// <param name="isCaptured">Whether all three streams are redirected and read, as by a box that keeps the output of jobs.</param>
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
                await RunOneAsync(isCaptured);
        })));
}
