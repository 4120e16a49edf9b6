using System.Globalization;
using System.Runtime.InteropServices;
using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.Runner.ControlGroups;

namespace MeeseeksBox.Runner.Limits;

/// <summary>What a process sets for itself, and so for its descendants, before it executes the program of a job.</summary>
/// <param name="Group">The folder of the control group that it enters; null for none.</param>
/// <param name="Data">The private memory that it may allocate, in bytes; null for no limit. See RLIMIT_DATA in getrlimit(2).</param>
/// <param name="Processors">The numbers of the processors that it may use; empty for all.</param>
internal sealed unsafe record StartLimits(string? Group, long? Data, IReadOnlyList<int> Processors)
{
    /// <summary>The number of <see cref="Words"/>.</summary>
    public const int WordCount = 3;

    private const int DataResource = 2;

    // In a file of processes: the process that writes it.
    private const int Itself = 0;

    /// <summary>No limits.</summary>
    public static StartLimits None { get; } = new(null, null, []);

    /// <summary>The limits as arguments of a process.</summary>
    public IReadOnlyList<string> Words() =>
        [Group ?? "", Data?.ToString(CultureInfo.InvariantCulture) ?? "", string.Join(',', Processors)];

    /// <summary>Reads <see cref="Words"/>.</summary>
    public static StartLimits Of(IReadOnlyList<string> words) => new(
        words[0].Length is 0 ? null : words[0],
        words[1].Length is 0 ? null : long.Parse(words[1], CultureInfo.InvariantCulture),
        [.. words[2].Split(',', StringSplitOptions.RemoveEmptyEntries).Select(word => int.Parse(word, CultureInfo.InvariantCulture))]);

    /// <summary>Sets the limits for this process. To be called on its first thread, which executes the program then.</summary>
    /// <returns>Why the system has rejected a limit; null when all hold.</returns>
    public string? Apply()
    {
        if (Data is { } bytes && !TrySetData(bytes))
            return Problem("limit its memory");
        if (Processors.Count > 0 && !ProcessorSet.TrySet(Processors))
            return Problem($"use the processors {string.Join(',', Processors)}");

        // Last, because what this process has allocated until now does not count there.
        return Group is null || ControlFile.TryWrite(Group, ControlFile.Processes, Itself)
            ? null
            : Problem($"enter its control group {Group}");
    }

    private static bool TrySetData(long bytes)
    {
        var pair = stackalloc ulong[] { (ulong)bytes, (ulong)bytes };
        return LibC.SetResourceLimit(DataResource, pair) is 0;
    }

    private static string Problem(string what) => $"cannot {what}: {ErrorNumber.TextOf(Marshal.GetLastPInvokeError())}";
}
