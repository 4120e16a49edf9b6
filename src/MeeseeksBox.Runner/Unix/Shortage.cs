using MeeseeksBox.Foundation.Tasks;
using MeeseeksBox.Foundation.Unix;

namespace MeeseeksBox.Runner.Unix;

/// <summary>A lack of processes, memory or descriptors, which passes (docs/SPECIFICATION.md#start-failures).</summary>
internal static class Shortage
{
    /// <summary>The pauses between attempts.</summary>
    public static readonly Backoff Pauses = new(TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(1));

    /// <summary>True for the number of an error of this kind.</summary>
    public static bool Is(int number) =>
        number is ErrorNumber.TryAgain or ErrorNumber.NoMemory or ErrorNumber.HostStarved or ErrorNumber.ProcessStarved;

    /// <summary>Tells a person about the first attempt that failed.</summary>
    public static string Note(string problem) => $"{problem}; it is tried again until it succeeds";
}
