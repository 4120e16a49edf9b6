using System.Globalization;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.CommandLine.Output;

/// <summary>Formats the resources that a run has used, for people.</summary>
internal static class ResourceUsage
{
    private const double Step = 1024;

    private static readonly string[] Units = ["B", "kB", "MB", "GB", "TB"];

    /// <summary>Formats processor time and memory as <c>cpu 1.2 s, maxrss 34 MB</c>; empty when neither is known.</summary>
    public static string Show(JobStatus status) => string.Join(", ", new[]
    {
        status.Cpu is > 0 and var cpu ? string.Create(CultureInfo.InvariantCulture, $"cpu {cpu:0.0} s") : null,
        status.MaxRss is > 0 and var memory ? $"maxrss {Size(memory)}" : null,
    }.OfType<string>());

    /// <summary>Formats a number of bytes, such as <c>34 MB</c>.</summary>
    public static string Size(long bytes)
    {
        var unit = 0;
        var amount = (double)bytes;
        for (; amount >= Step && unit < Units.Length - 1; unit++)
            amount /= Step;

        return string.Create(CultureInfo.InvariantCulture, $"{(amount < 10 && unit > 0 ? $"{amount:0.#}" : $"{amount:0}")} {Units[unit]}");
    }
}
