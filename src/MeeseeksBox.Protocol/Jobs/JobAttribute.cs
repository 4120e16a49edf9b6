using System.Text.Json;

namespace MeeseeksBox.Protocol.Jobs;

/// <summary>One attribute of a job: its name on the wire, accepted forms and storage.</summary>
public abstract class JobAttribute
{
    private protected JobAttribute(string name, JobAttributeRole role)
    {
        Name = name;
        Role = role;
        Encoded = JsonEncodedText.Encode(name);
    }

    /// <summary>The name on the wire.</summary>
    public string Name { get; }

    /// <summary>The role, which says which side sets the attribute.</summary>
    public JobAttributeRole Role { get; }

    private protected JsonEncodedText Encoded { get; }

    /// <summary>Copies this attribute from one job to another.</summary>
    public abstract Job Copy(Job from, Job to);

    /// <summary>True when the attribute has the same value in two jobs.</summary>
    /// <remarks>An unset flag equals false, and an unset count 0.</remarks>
    public abstract bool IsSame(Job one, Job other);

    /// <summary>The text that filters match (<see cref="LenientJson.Canonical(JsonElement)"/>); null when not set.</summary>
    /// <remarks>Equal values have equal texts, but different lists may share a text: compare jobs with <see cref="IsSame"/>.</remarks>
    public abstract string? Canonical(Job job);

    /// <summary>The order of the values of two jobs: any order that is the same on all nodes.</summary>
    public virtual int Compare(Job one, Job other) => string.CompareOrdinal(Canonical(one), Canonical(other));

    /// <summary>Sets this attribute from JSON.</summary>
    /// <param name="job">The job to start from.</param>
    /// <param name="value">The value, in any accepted form.</param>
    /// <param name="problem">The error, with an unchanged job as the result; null on success.</param>
    public abstract Job Read(Job job, JsonElement value, out string? problem);

    internal abstract void Write(Utf8JsonWriter writer, Job job, OutputForm form);

    private protected static bool HasRun(JobStatus status) =>
        status is not { StartCount: 0, FailCount: 0, Epoch: 0, StartTs: null, EndTs: null };
}
