using System.Text.Json;

namespace MeeseeksBox.Protocol.Requests;

/// <summary>How the requests of an object are to be answered: what stands beside them. Nodes of old know none of it and ignore it.</summary>
/// <remarks>Sample: <c>{"get":{"seq":17},"wait":10,"options":{"unassigned":true}}</c>.</remarks>
public sealed record RequestOptions
{
    /// <summary>The longest that an answer is held back, in seconds.</summary>
    public const double LongestWait = 3600;

    private static readonly RequestOptions None = new();

    /// <summary>True when the answer is to be indented for a person.</summary>
    public bool Pretty { get; init; }

    /// <summary>True when jobs without a node are wanted too by who asks with <c>seq</c>.</summary>
    public bool Unassigned { get; init; }

    /// <summary>How long the answer may be held back until there is news, in seconds, at most <see cref="LongestWait"/>; null: not at all.</summary>
    public double? Wait { get; init; }

    /// <summary>Reads the options of an element.</summary>
    /// <param name="element">The element, an object.</param>
    /// <param name="problem">What is wrong; null when nothing is.</param>
    /// <returns>The options; null when something is wrong.</returns>
    public static RequestOptions? Read(JsonElement element, out string? problem)
    {
        problem = null;
        var wait = default(double?);
        if (element.TryGetProperty("wait", out var span) && span.ValueKind is not JsonValueKind.Null)
        {
            if (!LenientJson.TryNumber(span, out var seconds) || seconds < 0)
            {
                problem = $"wait: {LenientJson.Show(span)} is not a number of seconds";
                return null;
            }

            wait = seconds > 0 ? Math.Min(seconds, LongestWait) : null;
        }

        return wait is null && !element.TryGetProperty("options", out _)
            ? None
            : new RequestOptions { Wait = wait, Pretty = IsRequested(element, "pretty"), Unassigned = IsRequested(element, "unassigned") };
    }

    /// <summary>True when the element is an object with <c>wait</c>.</summary>
    public static bool AsksToWait(JsonElement element) => element.ValueKind is JsonValueKind.Object && element.TryGetProperty("wait", out _);

    /// <summary>True when the element is an object that asks for an answer that is indented for a person.</summary>
    public static bool AsksForPretty(JsonElement element) => element.ValueKind is JsonValueKind.Object && IsRequested(element, "pretty");

    private static bool IsRequested(JsonElement element, string option) =>
        element.TryGetProperty("options", out var options)
        && options.ValueKind is JsonValueKind.Object
        && options.TryGetProperty(option, out var requested)
        && LenientJson.TryBoolean(requested, out var value)
        && value;
}
