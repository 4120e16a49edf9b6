using System.Globalization;
using System.Text;
using System.Text.Json;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.PowerCut.Checks;

/// <summary>A job after a power cut.</summary>
/// <param name="Id">Its id.</param>
/// <param name="State">Its state.</param>
/// <param name="IsActive">Whether it has a run. A killed one has it until its processes have ended.</param>
/// <param name="FailCount">Number of failures.</param>
/// <param name="Version">The number in its tag; 0 without one.</param>
/// <param name="Output">What it has printed, as far as that is there.</param>
internal sealed record StoredResult(string Id, string State, bool IsActive, int FailCount, int Version, string Output)
{
    /// <summary>Number of ends in its history.</summary>
    public int Ends => FailCount + (State is "done" or "killed" && !IsActive ? 1 : 0);

    /// <summary>Why its output is wrong; null when it is not, or none is promised.</summary>
    public string? WrongOutput => State is "done" && Output != Work.OutputOf(Id)
        ? $"the output of {Id} is wrong: {Output.Length} bytes, and not {Work.OutputOf(Id).Length}"
        : null;

    /// <summary>A stored job.</summary>
    public static StoredResult Of(Job job) => new(
        job.Id,
        JobStates.Word(job.Status.State),
        job.Status.Active,
        job.Status.FailCount,
        VersionOf(job.Spec.Tags),
        Decoded(job.Status.Stdout?.Text ?? ""));

    /// <summary>A job in an answer of a box.</summary>
    public static StoredResult Of(JsonElement job) => new(
        job.GetProperty("id").GetString()!,
        job.GetProperty("state").GetString()!,
        job.GetProperty("active").GetBoolean(),
        job.GetProperty("fail_count").GetInt32(),
        VersionOf(job.GetProperty("tags").EnumerateArray().Select(tag => tag.GetString())),
        Decoded(job.TryGetProperty("stdout_data", out var data) ? data.GetString() ?? "" : ""));

    /// <summary>The number in a tag; 0 without one.</summary>
    public static int VersionOf(IEnumerable<string?> tags) =>
        tags.FirstOrDefault() is ['v', .. var number] ? int.Parse(number, CultureInfo.InvariantCulture) : 0;

    private static string Decoded(string base64) => Encoding.UTF8.GetString(Convert.FromBase64String(base64));
}
