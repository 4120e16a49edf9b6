using System.Text;
using System.Text.Json;

namespace MeeseeksBox.EndToEnd.Boxes;

/// <summary>Looks into answers.</summary>
public static class JsonReading
{
    /// <summary>The text under a key; empty when there is none.</summary>
    public static string Text(this JsonElement element, string key) => element.Find(key) is { ValueKind: JsonValueKind.String } value ? value.GetString()! : "";

    /// <summary>The number under a key; null when there is none.</summary>
    public static double? Number(this JsonElement element, string key) => element.Find(key) is { ValueKind: JsonValueKind.Number } value ? value.GetDouble() : null;

    /// <summary>Whether <c>true</c> stands under a key.</summary>
    public static bool Flag(this JsonElement element, string key) => element.Find(key) is { ValueKind: JsonValueKind.True };

    /// <summary>The texts of the list under a key; none when there is no list.</summary>
    public static string[] Texts(this JsonElement element, string key) =>
        element.Find(key) is { ValueKind: JsonValueKind.Array } list ? [.. list.EnumerateArray().Select(item => item.ToString())] : [];

    /// <summary>The names of the keys.</summary>
    public static string[] Keys(this JsonElement element) =>
        element.ValueKind is JsonValueKind.Object ? [.. element.EnumerateObject().Select(property => property.Name)] : [];

    /// <summary>The value under a key; null when there is none, or <c>null</c> stands there.</summary>
    public static JsonElement? Find(this JsonElement element, string key) =>
        element.ValueKind is JsonValueKind.Object && element.TryGetProperty(key, out var value) && value.ValueKind is not JsonValueKind.Null ? value : null;

    /// <summary>What a job has printed.</summary>
    public static string Printed(this JsonElement job, string stream = "stdout") => Encoding.UTF8.GetString(Convert.FromBase64String(job.Text($"{stream}_data")));
}
