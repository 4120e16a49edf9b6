using System.Text.Json;
using System.Text.Json.Serialization;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Agent.State;

/// <summary>A job as it is found in a state file, or why it is none: one that cannot be read must not cost all the others.</summary>
/// <param name="Job">The job; its id is empty where only its key names it.</param>
/// <param name="Problem">What is wrong.</param>
[JsonConverter(typeof(StoredJobConverter))]
internal readonly record struct StoredJob(Job? Job, string? Problem)
{
    internal sealed class StoredJobConverter : JsonConverter<StoredJob>
    {
        public override StoredJob Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            using var document = JsonDocument.ParseValue(ref reader);
            var job = JobAttributes.ReadUnnamed(document.RootElement, out var problem);
            return new(job, problem);
        }

        public override void Write(Utf8JsonWriter writer, StoredJob value, JsonSerializerOptions options) =>
            throw new NotSupportedException("State files are written job by job.");
    }
}

/// <summary>How state files are read.</summary>
[JsonSerializable(typeof(Dictionary<string, StoredJob>))]
internal sealed partial class StoredContext : JsonSerializerContext;
