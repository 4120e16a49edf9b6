using System.Text.Json;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Protocol.Requests;

/// <summary>The options of a request object, which apply to its answer.</summary>
/// <remarks>Legacy nodes ignore them. Sample: <c>{"get":{"seq":17},"wait":10,"options":{"unassigned":true}}</c>.</remarks>
public sealed record RequestOptions
{
    /// <summary>The maximum time for which an answer is held, in seconds.</summary>
    public const double LongestWait = 3600;

    private static readonly RequestOptions None = new();

    /// <summary>True to indent the answer for people.</summary>
    public bool Pretty { get; init; }

    /// <summary>True to include unassigned jobs in an answer to a filter with <c>seq</c>.</summary>
    public bool Unassigned { get; init; }

    /// <summary>
    /// Whether the head accepts the status of this node as a lease on its jobs (docs/SPECIFICATION.md#leases); null for no change.
    /// </summary>
    public bool? Lease { get; init; }

    /// <summary>True to answer with the stamps of the jobs, instead of the times up to which their nodes vouch for them.</summary>
    public bool Stamps { get; init; }

    /// <summary>True to leave a known job as it is when a submit has its id.</summary>
    public bool OnlyNew { get; init; }

    /// <summary>The attributes of jobs in the answer; null for all.</summary>
    public WantedAttributes? Attributes { get; init; }

    /// <summary>About how many bytes of jobs the answer to a <c>get</c> with <c>seq</c> may have; null for all jobs.</summary>
    public long? Limit { get; init; }

    /// <summary>True to leave out a spec that this connection has carried (docs/PROTOCOL.md#how-nodes-sync).</summary>
    public bool Same { get; init; }

    /// <summary>The names along the cycle for which the head closes the connection; null for none.</summary>
    public IReadOnlyList<string>? Cycle { get; init; }

    /// <summary>The seconds to hold the answer for a change; null to answer at once.</summary>
    public double? Wait { get; init; }

    /// <summary>Reads the options of an element.</summary>
    /// <param name="element">The element, an object.</param>
    /// <param name="problem">The error; null on success.</param>
    /// <returns>The options; null on an error.</returns>
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

        if (!element.TryGetProperty("options", out var options) || options.ValueKind is not JsonValueKind.Object)
            return wait is null ? None : new RequestOptions { Wait = wait };

        if (ReadAttributes(options, out problem) is var attributes && problem is not null)
            return null;

        if (ReadLimit(options, out problem) is var limit && problem is not null)
            return null;

        return new RequestOptions
        {
            Wait = wait,
            Pretty = IsRequested(element, "pretty"),
            Unassigned = IsRequested(element, "unassigned"),
            Lease = Option(element, "lease"),
            Stamps = IsRequested(element, "stamps"),
            OnlyNew = IsRequested(element, "only_new"),
            Attributes = attributes,
            Limit = limit,
            Same = IsRequested(element, "same"),
            Cycle = options.TryGetProperty("cycle", out var names) && LenientJson.TryStrings(names, out var cycle) ? cycle : null,
        };
    }

    /// <summary>True when the element is an object with <c>wait</c>.</summary>
    public static bool AsksToWait(JsonElement element) =>
        element.ValueKind is JsonValueKind.Object && element.TryGetProperty("wait", out _);

    /// <summary>True when the element is an object that requests an indented answer.</summary>
    public static bool AsksForPretty(JsonElement element) => element.ValueKind is JsonValueKind.Object && IsRequested(element, "pretty");

    private static WantedAttributes? ReadAttributes(JsonElement options, out string? problem)
    {
        problem = null;
        if (!options.TryGetProperty("attributes", out var names) || names.ValueKind is JsonValueKind.Null)
            return null;

        if (LenientJson.TryStrings(names, out var wanted))
            return new WantedAttributes(wanted);

        problem = $"options.attributes: {LenientJson.Show(names)} is not a list of names like [\"state\",\"rc\"]";
        return null;
    }

    private static long? ReadLimit(JsonElement options, out string? problem)
    {
        problem = null;
        if (!options.TryGetProperty("limit", out var limit) || limit.ValueKind is JsonValueKind.Null)
            return null;

        if (LenientJson.TryNumber(limit, out var bytes) && bytes >= 1)
            return (long)Math.Min(bytes, 1L << 62);

        problem = $"options.limit: {LenientJson.Show(limit)} is not a number of bytes";
        return null;
    }

    private static bool IsRequested(JsonElement element, string option) => Option(element, option) is true;

    private static bool? Option(JsonElement element, string option) =>
        element.TryGetProperty("options", out var options)
        && options.ValueKind is JsonValueKind.Object
        && options.TryGetProperty(option, out var requested)
        && LenientJson.TryBoolean(requested, out var value)
            ? value
            : null;
}
