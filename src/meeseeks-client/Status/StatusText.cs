using System.Globalization;
using MeeseeksBox.Protocol.Configuration;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.CommandLine.Status;

/// <summary>The lines of <c>stat</c> for programs: columns parted by tabs, exactly as SPEC.md §11 says.</summary>
internal static class StatusText
{
    /// <summary>Writes the lines.</summary>
    public static async Task WriteAsync(TextWriter output, IEnumerable<StatusLine> lines)
    {
        foreach (var line in lines)
        {
            for (var level = 0; level < line.Level; level++)
            {
                await output.WriteAsync('\t');
            }

            await output.WriteLineAsync(Text(line));
        }
    }

    /// <summary>The load as Python writes it: with one decimal at least.</summary>
    public static string Load(double loadavg) => loadavg.ToString("0.0##", CultureInfo.InvariantCulture);

    private static string Text(StatusLine line) => line switch
    {
        StatusLine.OfNode node => $"{SingleLine.Of(node.Node)}\t{(node.IsOnline ? "online" : "offline")}\t{Load(node.Loadavg)}",
        StatusLine.OfPool pool => $"\tpool {SingleLine.Of(pool.Pool)}@{SingleLine.Of(pool.Node)}\t{pool.Jobs} jobs{(pool.Free is { } free ? $"\t{free} free" : "")}",
        StatusLine.OfJob { Job: var job } => $"\t\t{job.Id}\t{job.Tags}\t{job.Flags}\t{JobStates.Word(job.State)}\t{job.Result}\t{job.Args}",
        _ => throw new InvalidOperationException($"There is no such line as {line.GetType().Name}."),
    };
}
