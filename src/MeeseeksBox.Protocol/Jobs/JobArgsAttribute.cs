using System.Text.Json;
using MeeseeksBox.Foundation.Json;

namespace MeeseeksBox.Protocol.Jobs;

/// <summary>The attribute <c>args</c>: a list of words, or an object in pool <c>__config</c>.</summary>
internal sealed class JobArgsAttribute() : JobAttribute("args", JobAttributeRole.Spec)
{
    public override Job Copy(Job from, Job to) => to with
    {
        Spec = to.Spec with { Args = from.Spec.Args, Settings = from.Spec.Settings },
    };

    public override bool IsSame(Job one, Job other) => (one.Spec.Settings, other.Spec.Settings) switch
    {
        ({ } settings, { } others) => LosslessJson.AreSame(settings, others),
        (null, null) => one.Spec.Args.AsSpan().SequenceEqual(other.Spec.Args),
        _ => false,
    };

    public override string? Canonical(Job job) => job.Spec.Settings?.GetRawText() ?? string.Join(' ', job.Spec.Args);

    public override Job Read(Job job, JsonElement value, out string? problem)
    {
        problem = null;
        if (value.ValueKind is JsonValueKind.Object)
        {
            if (OpaqueValue.TryKeep(value, out var settings))
                return job with { Spec = job.Spec with { Args = [], Settings = settings } };

            problem = $"args: {LenientJson.Show(value)} is not an object, {OpaqueValue.Expected}";
            return job;
        }

        if (value.ValueKind is not JsonValueKind.Array)
        {
            problem =
                $"args: {LenientJson.Show(value)} is not a list; it must be the program and its arguments, like [\"/bin/echo\",\"hello\"]";
            return job;
        }

        var words = new string[value.GetArrayLength()];
        var index = 0;
        foreach (var element in value.EnumerateArray())
        {
            if (!LenientJson.TryString(element, out words[index]))
            {
                problem = $"args[{index}]: {LenientJson.Show(element)} is not a text";
                return job;
            }

            index++;
        }

        return job with { Spec = job.Spec with { Args = words, Settings = null } };
    }

    internal override void Write(Utf8JsonWriter writer, Job job, OutputForm form)
    {
        writer.WritePropertyName(Encoded);
        if (job.Spec.Settings is { } settings)
        {
            LosslessJson.Write(writer, settings);
        }
        else
        {
            JobCompoundFormats.WriteTexts(writer, job.Spec.Args);
        }
    }
}
