using System.Text.Json;
using MeeseeksBox.Foundation.Json;

namespace MeeseeksBox.Protocol.Jobs;

/// <summary>The attributes <c>stdout_data</c> and <c>stderr_data</c>.</summary>
/// <param name="name">The name on the wire.</param>
/// <param name="reference">The name in the files of the box, for an output in a file.</param>
/// <param name="get">Reads the output of a status.</param>
/// <param name="set">Sets the output of a status.</param>
internal sealed class JobOutputAttribute(
    string name, string reference, Func<JobStatus, OutputData?> get, Func<JobStatus, OutputData?, JobStatus> set)
    : JobAttribute(name, JobAttributeRole.Run)
{
    private const string InFile = "(in a file)";

    private readonly JsonEncodedText _reference = JsonEncodedText.Encode(reference);

    public override Job Copy(Job from, Job to) => With(to, get(from.Status));

    public override bool IsSame(Job one, Job other) => Compare(one, other) is 0;

    // Filters are checked inside the lock of the core, where no file may be read: an output in a file matches no text.
    public override string? Canonical(Job job) => get(job.Status) switch
    {
        null => null,
        OutputText output => output.Text,
        _ => InFile,
    };

    // Large outputs are not read from their files for an order of copies, which differ in other values.
    public override int Compare(Job one, Job other)
    {
        var (output, otherOutput) = (get(one.Status), get(other.Status));
        var order = (output?.Length ?? -1).CompareTo(otherOutput?.Length ?? -1);
        return order is 0 && output is OutputText && otherOutput is OutputText
            ? string.CompareOrdinal(output.Text, otherOutput.Text)
            : order;
    }

    public override Job Read(Job job, JsonElement value, out string? problem)
    {
        problem = null;
        if (value.ValueKind is JsonValueKind.Null)
            return With(job, null);
        if (LenientJson.TryString(value, out var text))
            return With(job, OutputData.Of(text));

        problem = $"{Name}: {LenientJson.Show(value)} is not a text";
        return job;
    }

    /// <summary>Reads the reference of a job in a file of the box; null without one.</summary>
    public string? ReferenceIn(JsonElement job) =>
        job.TryGetProperty(reference, out var value) && value.ValueKind is JsonValueKind.String ? LosslessJson.Of(value) : null;

    /// <summary>Sets the output.</summary>
    public Job With(Job job, OutputData? output) => job with { Status = set(job.Status, output) };

    /// <summary>True for the name of a reference, which only files of the box may have.</summary>
    public bool IsReference(string property) => property == reference;

    internal override void Write(Utf8JsonWriter writer, Job job, OutputForm form)
    {
        var output = get(job.Status);
        if (form is OutputForm.Reference && output?.Reference is { } place)
            writer.WriteString(_reference, place);
        else if (output is not null)
            writer.WriteString(Encoded, output.Text);
        else if (HasRun(job.Status))
            writer.WriteNull(Encoded);
    }
}
