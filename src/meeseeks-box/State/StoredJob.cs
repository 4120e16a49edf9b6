using System.Text.Json;
using System.Text.Json.Serialization;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Agent.State;

/// <summary>A job of a state file, or the error of one that cannot be read.</summary>
/// <remarks>An unreadable job must not prevent the load of the others.</remarks>
/// <param name="Job">The job; its id is empty when only its key has it.</param>
/// <param name="Element">The object of the job, which may refer to its outputs.</param>
/// <param name="Problem">The error; null for a readable job.</param>
[JsonConverter(typeof(StoredJobConverter))]
internal readonly record struct StoredJob(Job? Job, JsonElement Element, string? Problem)
{
    internal sealed class StoredJobConverter : JsonConverter<StoredJob>
    {
        public override StoredJob Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            using var document = JsonDocument.ParseValue(ref reader);
            var job = JobAttributes.ReadUnnamed(document.RootElement, out var problem);
            var hasOutputs = job is not null && JobAttributes.RefersToOutputs(document.RootElement);
            return new(job, hasOutputs ? document.RootElement.Clone() : default, problem);
        }

        public override void Write(Utf8JsonWriter writer, StoredJob value, JsonSerializerOptions options) =>
            throw new NotSupportedException("State files are written job by job.");
    }
}

/// <summary>The generated JSON reader of state files.</summary>
[JsonSerializable(typeof(Dictionary<string, StoredJob>))]
internal sealed partial class StoredContext : JsonSerializerContext;
