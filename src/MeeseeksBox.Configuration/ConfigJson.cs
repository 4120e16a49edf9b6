using System.Buffers;
using System.Text;
using System.Text.Json;
using MeeseeksBox.Foundation.Json;

namespace MeeseeksBox.Configuration;

/// <summary>Formats a configuration as JSON, with all secrets masked.</summary>
public static class ConfigJson
{
    /// <summary>The configuration for people (<c>--check</c>), indented by 4 spaces.</summary>
    public static string Indented(ConfigObject tree) => Text(tree, JsonFormat.Indented);

    /// <summary>The configuration for the wire, on one line.</summary>
    public static string Compact(ConfigObject tree) => Text(tree, JsonFormat.Compact);

    /// <summary>Writes the configuration as one value of a larger JSON text.</summary>
    public static void Write(Utf8JsonWriter writer, ConfigObject tree) => WriteValue(writer, tree, string.Empty);

    private static string Text(ConfigObject tree, JsonWriterOptions format)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes, format))
            Write(writer, tree);
        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    private static void WriteValue(Utf8JsonWriter writer, ConfigValue value, string section)
    {
        switch (value)
        {
            case ConfigObject tree:
                WriteObject(writer, tree, section);
                break;
            case ConfigList list:
                writer.WriteStartArray();
                foreach (var item in list.Items)
                    WriteValue(writer, item, section);
                writer.WriteEndArray();
                break;
            case ConfigScalar { Kind: JsonValueKind.String } text:
                writer.WriteStringValue(text.Text);
                break;
            case ConfigScalar scalar:
                // A raw value would not be indented in a list.
                LosslessJson.Write(writer, JsonElement.Parse(scalar.Text));
                break;
        }
    }

    private static void WriteObject(Utf8JsonWriter writer, ConfigObject tree, string section)
    {
        writer.WriteStartObject();
        foreach (var (key, value) in tree.Members)
        {
            writer.WritePropertyName(key);
            if (SecretMask.Covers(section, key, value))
                writer.WriteStringValue(SecretMask.Mask);
            else
                WriteValue(writer, value, key);
        }

        writer.WriteEndObject();
    }
}
