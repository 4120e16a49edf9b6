using System.Text.Json;
using System.Text.Json.Serialization;

namespace MeeseeksBox.Protocol.Jobs;

/// <summary>Jobs to and from JSON by <see cref="JobAttributes"/>: every attribute that is set, unknown ones included.</summary>
public sealed class JobConverter : JsonConverter<Job>
{
    /// <inheritdoc/>
    /// <exception cref="JsonException">It is no object, has no id, or a value has the wrong type; the message names the key.</exception>
    public override Job Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return JobAttributes.TryRead(document.RootElement, out var job, out var problem) ? job : throw new JsonException(problem);
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Job value, JsonSerializerOptions options) => JobAttributes.Write(writer, value);
}
