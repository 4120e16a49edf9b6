using System.Buffers;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using MeeseeksBox.Foundation.Json;

namespace MeeseeksBox.Protocol.Jobs;

/// <summary>The table of a job's attributes, used to read, write, change and filter jobs.</summary>
public static class JobAttributes
{
    /// <summary>The name of the attribute of a job whose processes are stopped.</summary>
    public const string Suspended = "suspended";

    private static readonly JobOutputAttribute StdoutData =
        new("stdout_data", "stdout_file", status => status.Stdout, (status, value) => status with { Stdout = value });

    private static readonly JobOutputAttribute StderrData =
        new("stderr_data", "stderr_file", status => status.Stderr, (status, value) => status with { Stderr = value });

    /// <summary>The attribute <see cref="Suspended"/>.</summary>
    public static JobAttribute SuspendedAttribute { get; } = new JobAttribute<bool?>(
        Suspended, JobAttributeRole.Control, JobFormats.OptionalFlag,
        job => job.Spec.Suspended, (job, value) => job with { Spec = job.Spec with { Suspended = value } });

    /// <summary>All attributes of the protocol, in the order in which they are written.</summary>
    public static ImmutableArray<JobAttribute> All { get; } =
    [
        Key("id", JobAttributeRole.Identity, JobFormats.Id, job => job.Id, (job, value) => job with { Id = value ?? "" }),
        Spec("pool", JobFormats.Text, spec => spec.Pool, (spec, value) => spec with { Pool = value ?? "" }),
        new JobArgsAttribute(),
        Status("node", JobAttributeRole.Identity, JobFormats.NodeName,
            status => status.Node, (status, value) => status with { Node = value }),
        Status("submit_node", JobAttributeRole.Status, JobFormats.NodeName,
            status => status.SubmitNode, (status, value) => status with { SubmitNode = value }),
        Status("nodes", JobAttributeRole.Status, JobCompoundFormats.OptionalTexts,
            status => status.Nodes, (status, value) => status with { Nodes = value }),
        Status("state", JobAttributeRole.Identity, JobFormats.State,
            status => status.State, (status, value) => status with { State = value }),
        Status("active", JobAttributeRole.Status, JobFormats.Flag,
            status => status.Active, (status, value) => status with { Active = value }),
        Status("epoch", JobAttributeRole.Status, JobFormats.Count,
            status => status.Epoch, (status, value) => status with { Epoch = value }),
        Status("restarted_at", JobAttributeRole.Status, JobFormats.RequestTime,
            status => status.RestartedAt, (status, value) => status with { RestartedAt = value }),
        Status("killed_at", JobAttributeRole.Status, JobFormats.RequestTime,
            status => status.KilledAt, (status, value) => status with { KilledAt = value }),
        Key("ts", JobAttributeRole.Status, JobFormats.Time, job => job.Ts, (job, value) => job with { Ts = value }),
        Key("seq", JobAttributeRole.Status, JobFormats.Sequence, job => job.Seq, (job, value) => job with { Seq = value }),
        Status("submit_ts", JobAttributeRole.Status, JobFormats.Time,
            status => status.SubmitTs, (status, value) => status with { SubmitTs = value }),
        Status("start_count", JobAttributeRole.Status, JobFormats.Counter,
            status => status.StartCount, (status, value) => status with { StartCount = value }),
        Status("fail_count", JobAttributeRole.Status, JobFormats.Counter,
            status => status.FailCount, (status, value) => status with { FailCount = value }),
        Status("start_ts", JobAttributeRole.Run, JobFormats.OptionalTime,
            status => status.StartTs, (status, value) => status with { StartTs = value }),
        Status("end_ts", JobAttributeRole.Run, JobFormats.OptionalTime,
            status => status.EndTs, (status, value) => status with { EndTs = value }),
        Status("pid", JobAttributeRole.Run, JobFormats.OptionalWhole, status => status.Pid, (status, value) => status with { Pid = value }),
        Status("rc", JobAttributeRole.Run, JobFormats.OptionalWhole, status => status.Rc, (status, value) => status with { Rc = value }),
        Status("error", JobAttributeRole.Run, JobFormats.Text, status => status.Error, (status, value) => status with { Error = value }),
        StdoutData,
        StderrData,
        Status("stdout_truncated", JobAttributeRole.Mark, JobFormats.Mark,
            status => status.StdoutTruncated, (status, value) => status with { StdoutTruncated = value }),
        Status("stderr_truncated", JobAttributeRole.Mark, JobFormats.Mark,
            status => status.StderrTruncated, (status, value) => status with { StderrTruncated = value }),
        Status("stdout_size", JobAttributeRole.Mark, JobFormats.Size,
            status => status.StdoutSize, (status, value) => status with { StdoutSize = value }),
        Status("stderr_size", JobAttributeRole.Mark, JobFormats.Size,
            status => status.StderrSize, (status, value) => status with { StderrSize = value }),
        Status("cpu", JobAttributeRole.Mark, JobFormats.ProcessorTime,
            status => status.Cpu, (status, value) => status with { Cpu = value }),
        Status("maxrss", JobAttributeRole.Mark, JobFormats.Size,
            status => status.MaxRss, (status, value) => status with { MaxRss = value }),
        Status("io", JobAttributeRole.Mark, JobCompoundFormats.Io, status => status.Io, (status, value) => status with { Io = value }),
        Spec("stdin", JobFormats.Text, spec => spec.Stdin, (spec, value) => spec with { Stdin = value }),
        Spec("stdout", JobFormats.Text, spec => spec.Stdout, (spec, value) => spec with { Stdout = value }),
        Spec("stderr", JobFormats.Text, spec => spec.Stderr, (spec, value) => spec with { Stderr = value }),
        Spec("runtime", JobFormats.Span, spec => spec.Runtime, (spec, value) => spec with { Runtime = value }),
        Spec("memory", JobFormats.Memory, spec => spec.Memory, (spec, value) => spec with { Memory = value }),
        Spec("cpus", JobFormats.Cpus, spec => spec.Cpus, (spec, value) => spec with { Cpus = value }),
        Spec("hold", JobFormats.OptionalFlag, spec => spec.Hold, (spec, value) => spec with { Hold = value }),
        SuspendedAttribute,
        Spec("restart", JobFormats.OptionalFlag, spec => spec.Restart, (spec, value) => spec with { Restart = value }),
        Spec("retries", JobFormats.OptionalCount, spec => spec.Retries, (spec, value) => spec with { Retries = value }),
        Spec("resubmit", JobFormats.OptionalFlag, spec => spec.Resubmit, (spec, value) => spec with { Resubmit = value }),
        Spec("config", JobCompoundFormats.Object, spec => spec.Config, (spec, value) => spec with { Config = value }),
        Spec("env", JobCompoundFormats.Variables, spec => spec.Env, (spec, value) => spec with { Env = value }),
        Spec("uid", JobFormats.Account, spec => spec.Uid, (spec, value) => spec with { Uid = value }),
        Spec("gid", JobFormats.Account, spec => spec.Gid, (spec, value) => spec with { Gid = value }),
        Spec("cwd", JobFormats.Text, spec => spec.Cwd, (spec, value) => spec with { Cwd = value }),
        Spec("tags", JobCompoundFormats.Texts, spec => spec.Tags, (spec, value) => spec with { Tags = value }),
        new JobAttribute<ImmutableSortedDictionary<string, double>?>("changed_at", JobAttributeRole.Control, JobCompoundFormats.Stamps,
            job => job.Spec.ChangedAt, (job, value) => job with { Spec = job.Spec with { ChangedAt = value } }),
    ];

    private static readonly ImmutableArray<JobAttribute> SpecOnly =
        [.. All.Where(attribute => attribute.Role is JobAttributeRole.Spec or JobAttributeRole.Control)];

    private static readonly ImmutableArray<JobAttribute> StatusOnly = [.. All.Except(SpecOnly)];

    private static readonly JsonElement Null = JsonElement.Parse("null");

    private static readonly ImmutableSortedDictionary<string, JsonElement> NoExtra =
        ImmutableSortedDictionary.Create<string, JsonElement>(StringComparer.Ordinal);

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
                    return job;
            }
            else if (StdoutData.IsReference(property.Name) || StderrData.IsReference(property.Name))
            {
                // Only the box itself may name its files: see WithOutputs.
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
    public static Job SetExtra(Job job, string name, JsonElement value) =>
        job with { Extra = (job.Extra ?? NoExtra).SetItem(name, value) };

    /// <summary>True when a job in a file of the box refers to an output.</summary>
    public static bool RefersToOutputs(JsonElement element) =>
        StdoutData.ReferenceIn(element) is not null || StderrData.ReferenceIn(element) is not null;

    /// <summary>Sets the outputs that a job in a file of the box refers to.</summary>
    /// <param name="job">The job as it was read.</param>
    /// <param name="element">The object of the job.</param>
    /// <param name="find">Finds an output by its reference; null when it is gone.</param>
    public static Job WithOutputs(Job job, JsonElement element, Func<string, OutputData?> find)
    {
        foreach (var attribute in (JobOutputAttribute[])[StdoutData, StderrData])
        {
            if (attribute.ReferenceIn(element) is { } reference)
                job = attribute.With(job, find(reference));
        }

        return job;
    }

    /// <summary>Writes a job as one object.</summary>
    /// <param name="writer">Receives the object.</param>
    /// <param name="job">The job.</param>
    /// <param name="outputs">How outputs are written. One that is not wanted is not read.</param>
    /// <param name="wanted">The attributes to write; null for all.</param>
    public static void Write(
        Utf8JsonWriter writer, Job job, OutputForm outputs = OutputForm.Text, WantedAttributes? wanted = null) =>
        Write(writer, job, outputs, wanted?.Known ?? All, WithCleared(job.Extra ?? NoExtra, job.Spec), wanted);

    /// <summary>Writes a job without its spec as one object.</summary>
    public static void WriteStatus(Utf8JsonWriter writer, Job job) =>
        Write(writer, job, OutputForm.Text, StatusOnly, job.Extra ?? NoExtra, wanted: null);

    /// <summary>Writes the spec of a job as one object.</summary>
    public static void WriteSpec(Utf8JsonWriter writer, Job job) =>
        Write(writer, job, OutputForm.Text, SpecOnly, WithCleared(NoExtra, job.Spec), wanted: null);

    /// <summary>A job as one line of JSON, without its newline.</summary>
    public static ReadOnlyMemory<byte> LineOf(Job job)
    {
        var line = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(line, JsonFormat.Compact))
        {
            Write(writer, job);
        }

        return line.WrittenMemory;
    }

    private static void Write(
        Utf8JsonWriter writer,
        Job job,
        OutputForm outputs,
        ImmutableArray<JobAttribute> attributes,
        ImmutableSortedDictionary<string, JsonElement> others,
        WantedAttributes? wanted)
    {
        writer.WriteStartObject();
        foreach (var attribute in attributes)
            attribute.Write(writer, job, outputs);

        foreach (var (name, value) in others)
        {
            if (wanted?.Has(name) is false)
                continue;

            writer.WritePropertyName(name);
            LosslessJson.Write(writer, value);
        }

        writer.WriteEndObject();
    }

    // In the order of their names. A cleared attribute is an explicit null.
    private static ImmutableSortedDictionary<string, JsonElement> WithCleared(
        ImmutableSortedDictionary<string, JsonElement> extra, JobSpec spec) =>
        spec.Cleared is { } cleared ? extra.SetItems(cleared.Select(name => KeyValuePair.Create(name, Null))) : extra;

    private static JobAttribute<T> Key<T>(
        string name, JobAttributeRole role, JobValueFormat<T> form, Func<Job, T> get, Func<Job, T, Job> set) =>
        new(name, role, form, get, set);

    private static JobAttribute<T> Spec<T>(
        string name, JobValueFormat<T> form, Func<JobSpec, T> get, Func<JobSpec, T, JobSpec> set) =>
        new(name, JobAttributeRole.Spec, form, job => get(job.Spec), (job, value) => job with { Spec = set(job.Spec, value) });

    private static JobAttribute<T> Status<T>(
        string name, JobAttributeRole role, JobValueFormat<T> form, Func<JobStatus, T> get, Func<JobStatus, T, JobStatus> set) =>
        new(name, role, form, job => get(job.Status), (job, value) => job with { Status = set(job.Status, value) });
}
