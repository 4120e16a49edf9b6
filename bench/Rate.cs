using System.Diagnostics;

namespace MeeseeksBox.Bench;

/// <summary>The throughput of a process and its cost.</summary>
/// <param name="PerSecond">Operations per second.</param>
/// <param name="ProcessorMicroseconds">Processor time per operation, which is stable on a shared machine.</param>
internal readonly record struct Rate(double PerSecond, double ProcessorMicroseconds)
{
    /// <summary>Measures work that another process does.</summary>
    /// <param name="process">The process.</param>
    /// <param name="count">The number of operations.</param>
    /// <param name="work">Completes when all of it is done.</param>
    public static Task<Rate> OfAsync(Child process, int count, Func<Task> work) => OfAsync(() => process.ProcessorTime, count, work);

    /// <summary>The same for several processes.</summary>
    public static async Task<Rate> OfAsync(Func<TimeSpan> processorTime, int count, Func<Task> work)
    {
        var used = processorTime();
        var watch = Stopwatch.StartNew();
        await work();
        var elapsed = watch.Elapsed;
        return new Rate(count / elapsed.TotalSeconds, (processorTime() - used).TotalMicroseconds / count);
    }
}
