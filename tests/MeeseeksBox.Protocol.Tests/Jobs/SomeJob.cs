using System.Collections.Immutable;
using System.Text.Json;
using CsCheck;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Protocol.Tests.Jobs;

/// <summary>Generates arbitrary jobs without JSON.</summary>
internal static class SomeJob
{
    private static readonly Gen<double> Time = Gen.OneOf<double>(Gen.Double[-1e10, 1e11 - 1], Gen.Double[1.7e9, 1.8e9], Gen.Const(0.0));

    private static readonly Gen<string[]> Texts = Some.Value.Array[0, 3];

    private static readonly Gen<Func<Job, Job>> Change = Gen.OneOf<Func<Job, Job>>(
        Set(Some.Text, static (job, value) => job with { Spec = job.Spec with { Pool = value } }),
        Set(Texts, static (job, value) => job with { Spec = job.Spec with { Args = value, Settings = null } }),
        Set(Object, static (job, value) => job with { Spec = job.Spec with { Args = [], Settings = value } }),
        Set(Name, static (job, value) => job with { Status = job.Status with { Node = value } }),
        Set(Name, static (job, value) => job with { Status = job.Status with { SubmitNode = value } }),
        Set(Texts, static (job, value) => job with { Status = job.Status with { Nodes = value } }),
        Set(Gen.Enum<JobState>(), static (job, value) => job with { Status = job.Status with { State = value } }),
        Set(Gen.Bool, static (job, value) => job with { Status = job.Status with { Active = value } }),
        Set(Gen.Int[0, 1_000_000_000], static (job, value) => job with { Status = job.Status with { Epoch = value } }),
        Set(Time, static (job, value) => job with { Ts = value }),
        Set(Gen.Long[-(1L << 53) + 1, (1L << 53) - 1], static (job, value) => job with { Seq = value }),
        Set(Time, static (job, value) => job with { Status = job.Status with { SubmitTs = value } }),
        Set(Time, static (job, value) => job with { Status = job.Status with { StartTs = value } }),
        Set(Time, static (job, value) => job with { Status = job.Status with { EndTs = value } }),
        Set(Gen.Int[0, 1_000_000_000], static (job, value) => job with { Status = job.Status with { StartCount = value } }),
        Set(Gen.Int[0, 1_000_000_000], static (job, value) => job with { Status = job.Status with { FailCount = value } }),
        Set(Gen.Int, static (job, value) => job with { Status = job.Status with { Pid = value } }),
        Set(Gen.Int, static (job, value) => job with { Status = job.Status with { Rc = value } }),
        Set(Some.Value, static (job, value) => job with { Status = job.Status with { Error = value } }),
        Set(Some.Text, static (job, value) => job with { Status = job.Status with { StdoutData = value } }),
        Set(Some.Text, static (job, value) => job with { Status = job.Status with { StderrData = value } }),
        Set(Gen.Bool, static (job, value) => job with { Status = job.Status with { StdoutTruncated = value, StderrTruncated = !value } }),
        Set(Gen.Double[0, 1e9], static (job, value) => job with { Status = job.Status with { Cpu = value } }),
        Set(Gen.Long[0, (1L << 53) - 1], static (job, value) => job with
        {
            Status = job.Status with { MaxRss = value, Io = new IoUsage(value, value / 2) },
        }),
        Set(Some.Value, static (job, value) => job with { Spec = job.Spec with { Stdin = value } }),
        Set(Some.Value, static (job, value) => job with { Spec = job.Spec with { Stdout = value } }),
        Set(Some.Value, static (job, value) => job with { Spec = job.Spec with { Stderr = value } }),
        Set(Gen.Double[0, double.MaxValue], static (job, value) => job with { Spec = job.Spec with { Runtime = value } }),
        Set(Gen.Long[1 << 20, 1L << 50], static (job, value) => job with { Spec = job.Spec with { Memory = value } }),
        Set(Gen.Double[0.01, 10_000], static (job, value) => job with { Spec = job.Spec with { Cpus = value } }),
        Set(Gen.Bool, static (job, value) => job with { Spec = job.Spec with { Hold = value, Restart = !value, Resubmit = value } }),
        Set(Gen.Int[0, int.MaxValue], static (job, value) => job with { Spec = job.Spec with { Retries = value } }),
        Set(Object, static (job, value) => job with { Spec = job.Spec with { Config = value } }),
        Set(Gen.Select(Some.Text, Some.Value).Array[0, 3], static (job, value) => job with
        {
            Spec = job.Spec with { Env = Environment(value) },
        }),
        Set(Some.Value, static (job, value) => job with { Spec = job.Spec with { Cwd = value } }),
        Set(Gen.Int[1, int.MaxValue], static (job, value) => job with { Spec = job.Spec with { Uid = $"{value}", Gid = "users" } }),
        Set(Texts, static (job, value) => job with { Spec = job.Spec with { Tags = value } }),
        Set(Gen.Select(Some.Text, Some.AnyJson), static (job, value) => Extra(job, value.Item1, value.Item2)));

    /// <summary>Generates any job.</summary>
    public static Gen<Job> Any { get; } = Gen.Select(Some.Text.Where(text => text.Length > 0), Change.Array[0, 20])
        .Select((id, changes) => changes.Aggregate(new Job { Id = id }, static (job, change) => change(job)));

    private static Gen<string?> Name => Some.Text.Select(text => text.Length is 0 ? null : text);

    private static Gen<JsonElement> Object => Some.AnyJson.Select(Some.Json)
        .Where(value => value.ValueKind is JsonValueKind.Object && OpaqueValue.TryKeep(value, out _));

    private static Gen<Func<Job, Job>> Set<T>(Gen<T> values, Func<Job, T, Job> set) =>
        values.Select(value => (Func<Job, Job>)(job => set(job, value)));

    private static ImmutableSortedDictionary<string, string> Environment((string Name, string Value)[] variables) => variables
        .Where(variable => variable.Name.Length > 0 && !variable.Name.AsSpan().ContainsAny('=', '\0') && !variable.Value.Contains('\0'))
        .DistinctBy(variable => variable.Name)
        .ToImmutableSortedDictionary(variable => variable.Name, variable => variable.Value, StringComparer.Ordinal);

    private static Job Extra(Job job, string name, string json) =>
        JobAttributes.TryFind(name, out _) || !OpaqueValue.TryKeep(Some.Json(json), out var kept)
            ? job
            : JobAttributes.SetExtra(job, name, kept);
}
