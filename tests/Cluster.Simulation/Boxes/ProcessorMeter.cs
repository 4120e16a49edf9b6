using System.Runtime.InteropServices;

namespace MeeseeksBox.Simulation.Boxes;

/// <summary>Adds up the processor time of one box: of its core, and of reading and writing its jobs and statuses.</summary>
/// <remarks>By the clock of the thread, so that other load of the host does not count.</remarks>
/// <param name="isOn">False to measure nothing: two calls of the clock cost as much as a turn of the core.</param>
internal sealed partial class ProcessorMeter(bool isOn)
{
    private const int ThreadClock = 3;

    private static readonly double EmptySpan = MeasureEmptySpan();

    private double _seconds;

    /// <summary>The processor time so far, in seconds.</summary>
    public double Seconds => Math.Max(_seconds - (Spans * EmptySpan), 0);

    /// <summary>The number of spans that were measured.</summary>
    public long Spans { get; private set; }

    /// <summary>Measures until the disposal of the result.</summary>
    public Span Measure() => new(this, isOn ? Now() : 0);

    private static double Now()
    {
        _ = GetTime(ThreadClock, out var time);
        return time.Seconds + (time.Nanoseconds * 1e-9);
    }

    // What a span without work measures: the time of the clock itself.
    private static double MeasureEmptySpan()
    {
        var meter = new ProcessorMeter(isOn: true);
        for (var pass = 0; pass < 100_000; pass++)
            meter.Measure().Dispose();

        return meter._seconds / meter.Spans;
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, out TimeValue time);

    private struct TimeValue
    {
        public long Seconds;
        public long Nanoseconds;
    }

    /// <summary>A part of the time of a box.</summary>
    internal readonly ref struct Span(ProcessorMeter meter, double begin)
    {
        public void Dispose()
        {
            if (begin > 0)
            {
                meter._seconds += Now() - begin;
                meter.Spans++;
            }
        }
    }
}
