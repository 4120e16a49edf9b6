using System.Globalization;
using MeeseeksBox.Foundation.Text;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.CommandLine.Output;

/// <summary>Formats the resources that a run has used, for people.</summary>
internal static class ResourceUsage
{
    /// <summary>Formats processor time and memory as <c>cpu 1.2 s, maxrss 34 MB</c>; empty when neither is known.</summary>
    public static string Show(JobStatus status) => string.Join(", ", new[]
    {
        status.Cpu is > 0 and var cpu ? string.Create(CultureInfo.InvariantCulture, $"cpu {cpu:0.0} s") : null,
        status.MaxRss is > 0 and var memory ? $"maxrss {ByteSize.Rounded(memory)}" : null,
    }.OfType<string>());
}
