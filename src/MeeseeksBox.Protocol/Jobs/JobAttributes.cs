using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using MeeseeksBox.Foundation.Json;

namespace MeeseeksBox.Protocol.Jobs;

/// <summary>The table of a job's attributes, used to read, write, change and filter jobs.</summary>
public static class JobAttributes
{
    /// <summary>All attributes of the protocol, in the order in which they are written.</summary>
    public static ImmutableArray<JobAttribute> All { get; } =
    [
        Key("id", JobAttributeRole.Identity, JobFormats.Text, job => job.Id, (job, value) => job with { Id = value ?? "" }),
        Key("pool", JobAttributeRole.Spec, JobFormats.Text, job => job.Pool, (job, value) => job with { Pool = value ?? "" }),
        new JobArgsAttribute(),
        Key("node", JobAttributeRole.Identity, JobFormats.NodeName, job => job.Node, (job, value) => job with { Node = value }),
        Key("submit_node", JobAttributeRole.Status, JobFormats.NodeName,
            job => job.SubmitNode, (job, value) => job with { SubmitNode = value }),
        Key("nodes", JobAttributeRole.Status, JobCompoundFormats.OptionalTexts,
            job => job.Nodes, (job, value) => job with { Nodes = value }),
        Key("state", JobAttributeRole.Identity, JobFormats.State, job => job.State, (job, value) => job with { State = value }),
        Key("active", JobAttributeRole.Status, JobFormats.Flag, job => job.Active, (job, value) => job with { Active = value }),
        Key("epoch", JobAttributeRole.Status, JobFormats.Count, job => job.Epoch, (job, value) => job with { Epoch = value }),
        Key("ts", JobAttributeRole.Status, JobFormats.Time, job => job.Ts, (job, value) => job with { Ts = value }),
        Key("seq", JobAttributeRole.Status, JobFormats.Sequence, job => job.Seq, (job, value) => job with { Seq = value }),
        Key("submit_ts", JobAttributeRole.Status, JobFormats.Time, job => job.SubmitTs, (job, value) => job with { SubmitTs = value }),
        Key("start_count", JobAttributeRole.Status, JobFormats.Counter,
            job => job.StartCount, (job, value) => job with { StartCount = value }),
        Key("fail_count", JobAttributeRole.Status, JobFormats.Counter,
            job => job.FailCount, (job, value) => job with { FailCount = value }),
        Key("start_ts", JobAttributeRole.Run, JobFormats.OptionalTime, job => job.StartTs, (job, value) => job with { StartTs = value }),
        Key("end_ts", JobAttributeRole.Run, JobFormats.OptionalTime, job => job.EndTs, (job, value) => job with { EndTs = value }),
        Key("pid", JobAttributeRole.Run, JobFormats.OptionalWhole, job => job.Pid, (job, value) => job with { Pid = value }),
        Key("rc", JobAttributeRole.Run, JobFormats.OptionalWhole, job => job.Rc, (job, value) => job with { Rc = value }),
        Key("error", JobAttributeRole.Run, JobFormats.Text, job => job.Error, (job, value) => job with { Error = value }),
        Key("stdout_data", JobAttributeRole.Run, JobFormats.Text, job => job.StdoutData, (job, value) => job with { StdoutData = value }),
        Key("stderr_data", JobAttributeRole.Run, JobFormats.Text, job => job.StderrData, (job, value) => job with { StderrData = value }),
        Key("stdout_truncated", JobAttributeRole.Mark, JobFormats.Mark,
            job => job.StdoutTruncated, (job, value) => job with { StdoutTruncated = value }),
        Key("stderr_truncated", JobAttributeRole.Mark, JobFormats.Mark,
            job => job.StderrTruncated, (job, value) => job with { StderrTruncated = value }),
        Key("stdin", JobAttributeRole.Spec, JobFormats.Text, job => job.Stdin, (job, value) => job with { Stdin = value }),
        Key("stdout", JobAttributeRole.Spec, JobFormats.Text, job => job.Stdout, (job, value) => job with { Stdout = value }),
        Key("stderr", JobAttributeRole.Spec, JobFormats.Text, job => job.Stderr, (job, value) => job with { Stderr = value }),
        Key("runtime", JobAttributeRole.Spec, JobFormats.Span, job => job.Runtime, (job, value) => job with { Runtime = value }),
        Key("hold", JobAttributeRole.Spec, JobFormats.OptionalFlag, job => job.Hold, (job, value) => job with { Hold = value }),
        Key("restart", JobAttributeRole.Spec, JobFormats.OptionalFlag, job => job.Restart, (job, value) => job with { Restart = value }),
        Key("retries", JobAttributeRole.Spec, JobFormats.OptionalCount, job => job.Retries, (job, value) => job with { Retries = value }),
        Key("resubmit", JobAttributeRole.Spec, JobFormats.OptionalFlag, job => job.Resubmit, (job, value) => job with { Resubmit = value }),
        Key("config", JobAttributeRole.Spec, JobCompoundFormats.Object, job => job.Config, (job, value) => job with { Config = value }),
        Key("env", JobAttributeRole.Spec, JobCompoundFormats.Variables, job => job.Env, (job, value) => job with { Env = value }),
        Key("uid", JobAttributeRole.Spec, JobFormats.Account, job => job.Uid, (job, value) => job with { Uid = value }),
        Key("gid", JobAttributeRole.Spec, JobFormats.Account, job => job.Gid, (job, value) => job with { Gid = value }),
        Key("cwd", JobAttributeRole.Spec, JobFormats.Text, job => job.Cwd, (job, value) => job with { Cwd = value }),
        Key("tags", JobAttributeRole.Spec, JobCompoundFormats.Texts, job => job.Tags, (job, value) => job with { Tags = value }),
    ];

    private static readonly FrozenDictionary<string, JobAttribute> ByName =
        All.ToFrozenDictionary(attribute => attribute.Name, StringComparer.Ordinal);

    /// <summary>Finds an attribute by its name on the wire.</summary>
    public static bool TryFind(string name, [NotNullWhen(true)] out JobAttribute? attribute) => ByName.TryGetValue(name, out attribute);

    /// <summary>Reads a complete job that contains its id, as in the journal.</summary>
    /// <param name="element">An object with at least an <c>id</c>.</param>
    /// <param name="job">The job.</param>
    /// <param name="problem">The error, with the name of the attribute, when the result is false.</param>
    public static bool TryRead(JsonElement element, [NotNullWhen(true)] out Job? job, [NotNullWhen(false)] out string? problem)
    {
        job = ReadUnnamed(element, out problem);
        if (job is { Id.Length: 0 })
        {
            problem = "id: a job must have one";
            job = null;
        }

        return job is not null;
    }

    /// <summary>Reads a complete job whose key is its id, as peers send it.</summary>
    /// <param name="element">An object of attributes.</param>
    /// <param name="id">The key of the job, or the requested id.</param>
    /// <param name="job">The job, with this id.</param>
    /// <param name="problem">The error, with the name of the attribute, when the result is false.</param>
    public static bool TryRead(JsonElement element, string id, [NotNullWhen(true)] out Job? job, [NotNullWhen(false)] out string? problem)
    {
        job = ReadUnnamed(element, out problem);
        job = job is null ? null : WithId(job, id, out problem);
        return job is not null;
    }

    /// <summary>Reads a complete job that may lack an <c>id</c>; <see cref="WithId"/> then sets the empty id.</summary>
    /// <param name="element">An object of attributes.</param>
    /// <param name="problem">The error; null on success.</param>
    /// <returns>The job; null on an error.</returns>
    public static Job? ReadUnnamed(JsonElement element, out string? problem)
    {
        if (element.ValueKind is not JsonValueKind.Object)
        {
            problem = $"{LenientJson.Show(element)} is not a job";
            return null;
        }

        if (!JsonTextValidation.IsValid(element))
        {
            problem = JsonTextValidation.Problem;
            return null;
        }

        var read = Change(new Job { Id = "" }, element, out problem);
        return problem is null ? read : null;
    }

    /// <summary>Sets the id of a job from its key, or checks that both are equal.</summary>
    /// <remarks>The original never writes <c>id</c> into a job that was submitted without one; there, the key is the id.</remarks>
    /// <param name="job">A job from <see cref="ReadUnnamed"/>.</param>
    /// <param name="id">The key.</param>
    /// <param name="problem">The error; null on success.</param>
    /// <returns>The job; null when its own id differs from the key, or the key is empty.</returns>
    public static Job? WithId(Job job, string id, out string? problem)
    {
        problem = id.Length is 0 ? "id: a job must have one"
            : job.Id.Length > 0 && job.Id != id ? $"id: the job under the key '{id}' has the id '{job.Id}'"
            : null;
        return problem is not null ? null : job.Id.Length is 0 ? job with { Id = id } : job;
    }

    /// <summary>Sets all attributes of an object in a job, unknown ones in <see cref="Job.Extra"/>.</summary>
    /// <remarks>Only the types of the values are checked.</remarks>
    /// <param name="job">The job to start from.</param>
    /// <param name="values">An object of attributes.</param>
    /// <param name="problem">The error of the first invalid value, with an unusable result; null on success.</param>
    public static Job Change(Job job, JsonElement values, out string? problem)
    {
        problem = null;
        ImmutableSortedDictionary<string, JsonElement>.Builder? extra = null;
        foreach (var property in values.EnumerateObject())
        {
            if (ByName.TryGetValue(property.Name, out var attribute))
            {
                job = attribute.Read(job, property.Value, out problem);
                if (problem is not null)
                {
                    return job;
                }
            }
            else if (OpaqueValue.TryKeep(property.Value, out var kept))
            {
                extra ??= ImmutableSortedDictionary.CreateBuilder<string, JsonElement>(StringComparer.Ordinal);
                extra[property.Name] = kept;
            }
            else
            {
                problem = $"{property.Name}: {LenientJson.Show(property.Value)} is not a value, {OpaqueValue.Expected}";
                return job;
            }
        }

        return extra is null ? job : job with { Extra = job.Extra?.SetItems(extra) ?? extra.ToImmutable() };
    }

    /// <summary>Sets an attribute that is not in <see cref="All"/>.</summary>
    public static Job SetExtra(Job job, string name, JsonElement value)
    {
        var extra = job.Extra ?? ImmutableSortedDictionary.Create<string, JsonElement>(StringComparer.Ordinal);
        return job with { Extra = extra.SetItem(name, value) };
    }

    /// <summary>Writes a job as one object.</summary>
    public static void Write(Utf8JsonWriter writer, Job job)
    {
        writer.WriteStartObject();
        foreach (var attribute in All)
        {
            attribute.Write(writer, job);
        }

        if (job.Extra is not null)
        {
            foreach (var (name, value) in job.Extra)
            {
                writer.WritePropertyName(name);
                value.WriteTo(writer);
            }
        }

        writer.WriteEndObject();
    }

    private static JobAttribute<T> Key<T>(
        string name, JobAttributeRole role, JobValueFormat<T> form, Func<Job, T> get, Func<Job, T, Job> set) =>
        new(name, role, form, get, set);
}
