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
    /// <summary>Reads a job whose key is not known yet.</summary>
    public static StoredJob Of(JsonElement element)
    {
        var job = JobAttributes.ReadUnnamed(element, out var problem);
        var hasOutputs = job is not null && JobAttributes.RefersToOutputs(element);
        return new(job, hasOutputs ? element.Clone() : default, problem);
    }

    internal sealed class StoredJobConverter : JsonConverter<StoredJob>
    {
        public override StoredJob Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            using var document = JsonDocument.ParseValue(ref reader);
            return Of(document.RootElement);
        }

        public override void Write(Utf8JsonWriter writer, StoredJob value, JsonSerializerOptions options) =>
            throw new NotSupportedException("State files are written job by job.");
    }
}

/// <summary>The generated JSON reader of state files.</summary>
/// <remarks>Two jobs with one key are damage.</remarks>
[JsonSourceGenerationOptions(AllowDuplicateProperties = false)]
[JsonSerializable(typeof(Dictionary<string, StoredJob>))]
internal sealed partial class StoredContext : JsonSerializerContext;
