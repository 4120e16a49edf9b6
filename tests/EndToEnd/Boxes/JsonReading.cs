using System.Text;
using System.Text.Json;

namespace MeeseeksBox.EndToEnd.Boxes;

/// <summary>Reads values from answers.</summary>
public static class JsonReading
{
    /// <summary>The text of a key; empty without one.</summary>
    public static string Text(this JsonElement element, string key) =>
        element.Find(key) is { ValueKind: JsonValueKind.String } value ? value.GetString()! : "";

    /// <summary>The number of a key; null without one.</summary>
    public static double? Number(this JsonElement element, string key) =>
        element.Find(key) is { ValueKind: JsonValueKind.Number } value ? value.GetDouble() : null;

    /// <summary>True when the value of a key is <c>true</c>.</summary>
    public static bool Flag(this JsonElement element, string key) => element.Find(key) is { ValueKind: JsonValueKind.True };

    /// <summary>The texts of the list of a key; empty without one.</summary>
    public static string[] Texts(this JsonElement element, string key) =>
        element.Find(key) is { ValueKind: JsonValueKind.Array } list ? [.. list.EnumerateArray().Select(item => item.ToString())] : [];

    /// <summary>The names of the keys.</summary>
    public static string[] Keys(this JsonElement element) =>
        element.ValueKind is JsonValueKind.Object ? [.. element.EnumerateObject().Select(property => property.Name)] : [];

    /// <summary>The value of a key; null without one or for <c>null</c>.</summary>
    public static JsonElement? Find(this JsonElement element, string key) =>
        element.ValueKind is JsonValueKind.Object && element.TryGetProperty(key, out var value) && value.ValueKind is not JsonValueKind.Null
            ? value
            : null;

    /// <summary>The kept output of a job.</summary>
    public static string Printed(this JsonElement job, string stream = "stdout") =>
        Encoding.UTF8.GetString(Convert.FromBase64String(job.Text($"{stream}_data")));
}
