using System.Text.Json;

namespace MeeseeksBox.Protocol.Jobs;

/// <summary>One attribute of a job: its name on the wire, the forms that are taken, and where it is kept.</summary>
public abstract class JobAttribute
{
    private protected JobAttribute(string name, JobAttributeRole role)
    {
        Name = name;
        Role = role;
        Encoded = JsonEncodedText.Encode(name);
    }

    /// <summary>Its name on the wire.</summary>
    public string Name { get; }

    /// <summary>Who sets it.</summary>
    public JobAttributeRole Role { get; }

    private protected JsonEncodedText Encoded { get; }

    /// <summary>The job with this attribute as it stands in another job.</summary>
    public abstract Job Copy(Job from, Job to);

    /// <summary>True when the attribute has the same value in two jobs; a truth or a number that was never said is the same as false or 0.</summary>
    public abstract bool IsSame(Job one, Job other);

    /// <summary>
    /// The attribute as one text to match filters with (<see cref="LenientJson.Canonical(JsonElement)"/>); null when it is not set. Equal values have
    /// equal texts, but different lists may have the same text too: to compare jobs there is <see cref="IsSame"/>.
    /// </summary>
    public abstract string? Canonical(Job job);

    /// <summary>The job with this attribute read from JSON.</summary>
    /// <param name="job">The job to start from.</param>
    /// <param name="value">The value, in any of the forms that are taken.</param>
    /// <param name="problem">Null, or what is wrong; the job is then as it was.</param>
    public abstract Job Read(Job job, JsonElement value, out string? problem);

    internal abstract void Write(Utf8JsonWriter writer, Job job);
}
