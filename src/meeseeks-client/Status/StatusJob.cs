using System.Globalization;
using System.Text.Json;
using MeeseeksBox.Foundation.Text;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.CommandLine.Status;

/// <summary>The columns of a job in <c>stat</c>, without other attributes, to save memory.</summary>
internal sealed record StatusJob
{
    /// <summary>The attributes of a job from which the columns of <c>stat</c> and <c>top</c> follow.</summary>
    public static IReadOnlyList<string> Attributes { get; } =
    [
        "id", "pool", "args", "node", "submit_node", "state", "active", "ts", "submit_ts", "start_ts", "end_ts", "rc", "error", "hold",
        "suspended", "restart", "resubmit", "tags",
    ];

    /// <summary>The node that the job is on; null: none yet.</summary>
    public required string? Node { get; init; }

    /// <summary>The submit node; null if no node has handled the job.</summary>
    public required string? SubmitNode { get; init; }

    /// <summary>The pool.</summary>
    public required string Pool { get; init; }

    /// <summary>The time of submission, by which jobs are sorted.</summary>
    public required double SubmitTs { get; init; }

    /// <summary>The id, on one line.</summary>
    public required string Id { get; init; }

    /// <summary>The tags, as <c>[a,b]</c>.</summary>
    public required string Tags { get; init; }

    /// <summary>Flags, each followed by a space.</summary>
    /// <remarks><c>A</c> active, <c>E</c> error, <c>H</c> on hold, <c>R</c> repeating, <c>S</c> suspended.</remarks>
    public required string Flags { get; init; }

    /// <summary>The phase.</summary>
    public required JobState State { get; init; }

    /// <summary>The running time of an active job, in whole seconds.</summary>
    public required long? Seconds { get; init; }

    /// <summary>The running time of an active job at the last report of its node, in whole seconds.</summary>
    public required long? ReportedSeconds { get; init; }

    /// <summary>The exit status.</summary>
    public required int? Rc { get; init; }

    /// <summary>Whether the job has ended and will not run again.</summary>
    public required bool HasEnded { get; init; }

    /// <summary>The command, on one line.</summary>
    public required string Args { get; init; }

    /// <summary>The error text, on one line; null: none.</summary>
    public required string? Error { get; init; }

    /// <summary>The command for scripts; for a configuration job, its keys.</summary>
    public required string Words { get; init; }

    /// <summary>The column between state and args for scripts: the reported running time, or the exit status in brackets.</summary>
    public string Result => ReportedSeconds is { } seconds ? seconds.ToString(CultureInfo.InvariantCulture)
        : Rc is { } rc && !Flags.StartsWith('A') ? $"({rc.ToString(CultureInfo.InvariantCulture)})"
        : "";

    /// <summary>Extracts the columns of a job.</summary>
    /// <param name="job">The job.</param>
    /// <param name="now">The current time, in seconds since 1970.</param>
    public static StatusJob Of(Job job, double now)
    {
        var args = SingleLine.Of(job.Spec.Settings is { } settings ? settings.GetRawText() : string.Join(' ', job.Spec.Args));
        return new StatusJob
        {
            Node = job.Status.Node is null ? null : string.Intern(job.Status.Node),
            SubmitNode = job.Status.SubmitNode is null ? null : string.Intern(job.Status.SubmitNode),
            Pool = string.Intern(job.Spec.Pool),
            SubmitTs = job.Status.SubmitTs,
            Id = SingleLine.Of(job.Id),
            Tags = job.Spec.Tags is [] ? "[]" : $"[{SingleLine.Of(string.Join(',', job.Spec.Tags))}]",
            Flags = FlagsOf(job),
            State = job.Status.State,
            // The clock of the node may be ahead of the local one.
            Seconds = job.Status is { Active: true, StartTs: { } start, State: not JobState.New } ? (long)Math.Max(0, now - start) : null,
            ReportedSeconds = job.Status is { Active: true, StartTs: { } begin } ? (long)Math.Max(0, job.Ts - begin) : null,
            Rc = job.Status.Rc,
            HasEnded = job.HasEnded,
            Args = args,
            Words = job.Spec.Settings is { ValueKind: JsonValueKind.Object } section
                ? SingleLine.Of(string.Join(' ', KeysOf(section)))
                : args,
            Error = job.Status.Error is null ? null : SingleLine.Of(job.Status.Error),
        };
    }

    // JSON keys have no order: print the name of the node first, then the sections.
    private static IEnumerable<string> KeysOf(JsonElement section) =>
        section.EnumerateObject().Select(key => key.Name).OrderBy(name => name is not "name").ThenBy(name => name, StringComparer.Ordinal);

    private static string FlagsOf(Job job) =>
        (job.Status.Active ? "A " : "")
        + (job.Status.Error is null ? "" : "E ")
        + (job.Spec.Hold is true ? "H " : "")
        + (job.Spec.Restart is true || job.Spec.Resubmit is true ? "R " : "")
        + (job.Spec.Suspended is true ? "S " : "");
}
