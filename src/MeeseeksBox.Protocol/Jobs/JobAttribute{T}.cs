using System.Collections.Immutable;
using System.Text.Json;

namespace MeeseeksBox.Protocol.Jobs;

/// <summary>An attribute whose value has one .NET type.</summary>
/// <param name="name">The name on the wire.</param>
/// <param name="role">The role.</param>
/// <param name="format">The JSON format of the value.</param>
/// <param name="get">Reads the value from a job.</param>
/// <param name="set">Sets the value in a job.</param>
internal sealed class JobAttribute<T>(string name, JobAttributeRole role, JobValueFormat<T> format, Func<Job, T> get, Func<Job, T, Job> set)
    : JobAttribute(name, role)
{
    private static readonly ImmutableSortedSet<string> NoNames = ImmutableSortedSet.Create<string>(StringComparer.Ordinal);

    public override Job Copy(Job from, Job to) => Marked(set(to, get(from)), cleared: IsCleared(from));

    public override bool IsSame(Job one, Job other) => format.AreSame is { } areSame
        ? areSame(get(one), get(other))
        : Canonical(one) == Canonical(other);

    public override string? Canonical(Job job) => format.Canonical(get(job));

    public override Job Read(Job job, JsonElement value, out string? problem)
    {
        problem = null;
        if (value.ValueKind is JsonValueKind.Null)
        {
            var without = set(job, format.None);
            return Marked(without, cleared: Role is JobAttributeRole.Spec && !format.IsSet(get(without)));
        }

        if (format.TryRead(value, out var read))
            return Marked(set(job, read), cleared: false);

        problem = $"{Name}: {LenientJson.Show(value)} is not {format.Expected}";
        return job;
    }

    internal override void Write(Utf8JsonWriter writer, Job job, OutputForm form)
    {
        var value = get(job);
        if (format.IsSet(value))
        {
            writer.WritePropertyName(Encoded);
            format.Write(writer, value);
        }
        else if (Role is JobAttributeRole.Run && HasRun(job.Status))
        {
            writer.WriteNull(Encoded);
        }
    }

    private bool IsCleared(Job job) => job.Spec.Cleared?.Contains(Name) is true;

    // A spec attribute that was set to null is sent as null, unless "not set" has a value of its own on the wire: see JobSpec.Cleared.
    private Job Marked(Job job, bool cleared)
    {
        var names = job.Spec.Cleared ?? NoNames;
        return cleared == names.Contains(Name) ? job
            : cleared ? job with { Spec = job.Spec with { Cleared = names.Add(Name) } }
            : job with { Spec = job.Spec with { Cleared = names.Count is 1 ? null : names.Remove(Name) } };
    }
}
