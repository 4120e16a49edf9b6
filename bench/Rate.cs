using System.Diagnostics;

namespace MeeseeksBox.Bench;

/// <summary>How fast something went, and what it cost.</summary>
/// <param name="PerSecond">How many there were a second.</param>
/// <param name="ProcessorMicroseconds">Processor time that the measured process used for each: this holds still on a machine that others use too.</param>
internal readonly record struct Rate(double PerSecond, double ProcessorMicroseconds)
{
    /// <summary>Measures work that is done for somebody by another process.</summary>
    /// <param name="process">Who does it.</param>
    /// <param name="count">How much there is.</param>
    /// <param name="work">Ends when all of it is done.</param>
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
