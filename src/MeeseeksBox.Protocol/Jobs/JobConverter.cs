using System.Text.Json;
using System.Text.Json.Serialization;

namespace MeeseeksBox.Protocol.Jobs;

/// <summary>Converts jobs to and from JSON by <see cref="JobAttributes"/>, unknown attributes included.</summary>
public sealed class JobConverter : JsonConverter<Job>
{
    /// <inheritdoc/>
    /// <exception cref="JsonException">The value is not an object, or the attribute that the message names is invalid.</exception>
    public override Job Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return JobAttributes.TryRead(document.RootElement, out var job, out var problem) ? job : throw new JsonException(problem);
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Job value, JsonSerializerOptions options) => JobAttributes.Write(writer, value);
}
