using System.Runtime.InteropServices;
using System.Text.Json;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Jobs;

/// <summary>The approximate size of a job, on the wire or in memory.</summary>
public static class ApproximateSize
{
    // In bytes: a job without its texts, and a text without its characters.
    private const int Bare = 1024;
    private const int PerText = 4;

    /// <summary>The size in bytes.</summary>
    public static long Of(Job job) => Bare + Of(job.Spec) + Of(job.Status) + (job.Extra?.Sum(one => Of(one.Key) + Of(one.Value)) ?? 0);

    /// <summary>The size of what a spec has in texts and objects, in bytes.</summary>
    public static long Of(JobSpec spec) =>
        Of(spec.Args) + Of(spec.Tags) + Of(spec.Settings) + Of(spec.Config)
        + Of(spec.Stdin) + Of(spec.Stdout) + Of(spec.Stderr) + Of(spec.Cwd)
        + (spec.Env?.Sum(one => Of(one.Key) + Of(one.Value)) ?? 0);

    private static long Of(JobStatus status) =>
        (status.Stdout?.Length ?? 0) + (status.Stderr?.Length ?? 0) + Of(status.Error) + (status.Nodes is { } nodes ? Of(nodes) : 0);

    private static long Of(string[] texts)
    {
        var size = 0L;
        foreach (var text in texts)
            size += Of(text);

        return size;
    }

    private static long Of(string? text) => text is null ? 0 : text.Length + PerText;

    private static long Of(JsonElement? value) =>
        value is { ValueKind: not JsonValueKind.Undefined } element ? JsonMarshal.GetRawUtf8Value(element).Length : 0;
}
