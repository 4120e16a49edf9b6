using System.Runtime.CompilerServices;
using System.Text.Json;
using MeeseeksBox.Core;
using MeeseeksBox.Core.Settings;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Bench;

/// <summary>The managed heap of a job in the table, without garbage and runtime.</summary>
internal static class TableHeap
{
    /// <summary>The bytes per job.</summary>
    /// <param name="count">The number of jobs in the table.</param>
    /// <param name="text">A job, by its number.</param>
    public static double BytesAJob(int count, Func<int, string> text)
    {
        var core = new NodeCore(new NodeSettings { Name = "bench" }, new Random(1));
        var before = GC.GetTotalMemory(forceFullCollection: true);
        Load(core, count, text);
        var used = GC.GetTotalMemory(forceFullCollection: true) - before;
        return (double)used / core.Count;
    }

    // In a separate method, so that no reference on the stack keeps the input alive.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Load(NodeCore core, int count, Func<int, string> text) =>
        core.Load([.. Enumerable.Range(1, count).Select(number => Read(text(number)))], new Instant(1767225600, 0));

    private static Job Read(string text)
    {
        using var document = JsonDocument.Parse(text);
        return JobAttributes.TryRead(document.RootElement, out var job, out var problem) ? job : throw new InvalidDataException(problem);
    }
}
