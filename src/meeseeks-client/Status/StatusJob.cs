using System.Globalization;
using System.Text.Json;
using MeeseeksBox.Protocol.Configuration;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.CommandLine.Status;

/// <summary>A job as a line of <c>stat</c>. It holds no more than is shown, for there may be very many.</summary>
internal sealed record StatusJob
{
    /// <summary>Where it is.</summary>
    public required string? Node { get; init; }

    /// <summary>The node that it was submitted to; null: none has handled it.</summary>
    public required string? SubmitNode { get; init; }

    /// <summary>The pool that it is for.</summary>
    public required string Pool { get; init; }

    /// <summary>What jobs are sorted by.</summary>
    public required double SubmitTs { get; init; }

    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>Its tags, as <c>[a,b]</c>.</summary>
    public required string Tags { get; init; }

    /// <summary><c>A</c> active, <c>E</c> error, <c>H</c> on hold, <c>R</c> repeating, each with a blank behind it.</summary>
    public required string Flags { get; init; }

    /// <summary>Where it stands.</summary>
    public required JobState State { get; init; }

    /// <summary>Whole seconds that it has been running, for an active job.</summary>
    public required long? Seconds { get; init; }

    /// <summary>Whole seconds that it had been running when its node reported it last, for an active job.</summary>
    public required long? ReportedSeconds { get; init; }

    /// <summary>Its exit status.</summary>
    public required int? Rc { get; init; }

    /// <summary>Whether nothing more will come of it.</summary>
    public required bool HasEnded { get; init; }

    /// <summary>Its command, on one line.</summary>
    public required string Args { get; init; }

    /// <summary>What went wrong with it, on one line; null: nothing.</summary>
    public required string? Error { get; init; }

    /// <summary>Its command for scripts; of a configuration the keys.</summary>
    public required string Words { get; init; }

    /// <summary>
    /// The column between state and args for scripts: the reported running time, or the exit status in brackets, where there is one.
    /// </summary>
    public string Result => ReportedSeconds is { } seconds ? seconds.ToString(CultureInfo.InvariantCulture)
        : Rc is { } rc && !Flags.StartsWith('A') ? $"({rc.ToString(CultureInfo.InvariantCulture)})"
        : "";

    /// <summary>Takes from a job what is shown of it.</summary>
    /// <param name="job">The job.</param>
    /// <param name="now">The time, in seconds since 1970.</param>
    public static StatusJob Of(Job job, double now)
    {
        var args = SingleLine.Of(job.Settings is { } settings ? settings.GetRawText() : string.Join(' ', job.Args));
        return new StatusJob
        {
            Node = job.Node is null ? null : string.Intern(job.Node),
            SubmitNode = job.SubmitNode is null ? null : string.Intern(job.SubmitNode),
            Pool = string.Intern(job.Pool),
            SubmitTs = job.SubmitTs,
            Id = SingleLine.Of(job.Id),
            Tags = job.Tags is [] ? "[]" : $"[{SingleLine.Of(string.Join(',', job.Tags))}]",
            Flags = FlagsOf(job),
            State = job.State,
            // Another host's clock may be ahead of ours.
            Seconds = job is { Active: true, StartTs: { } start } && job.State is not JobState.New ? (long)Math.Max(0, now - start) : null,
            ReportedSeconds = job is { Active: true, StartTs: { } begin } ? (long)Math.Max(0, job.Ts - begin) : null,
            Rc = job.Rc,
            HasEnded = job.HasEnded,
            Args = args,
            Words = job.Settings is { ValueKind: JsonValueKind.Object } section ? SingleLine.Of(string.Join(' ', KeysOf(section))) : args,
            Error = job.Error is null ? null : SingleLine.Of(job.Error),
        };
    }

    // The order of keys in an object means nothing: the name of the node comes first, the sections follow.
    private static IEnumerable<string> KeysOf(JsonElement section) =>
        section.EnumerateObject().Select(key => key.Name).OrderBy(name => name is not "name").ThenBy(name => name, StringComparer.Ordinal);

    private static string FlagsOf(Job job) =>
        (job.Active ? "A " : "")
        + (job.Error is null ? "" : "E ")
        + (job.Hold is true ? "H " : "")
        + (job.Restart is true || job.Resubmit is true ? "R " : "");
}
