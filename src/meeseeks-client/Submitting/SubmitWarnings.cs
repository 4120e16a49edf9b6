using System.Text.Json;
using System.Text.Json.Nodes;
using MeeseeksBox.Client;
using MeeseeksBox.CommandLine.Invocations;
using MeeseeksBox.CommandLine.Options;
using MeeseeksBox.Foundation.Text;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.CommandLine.Submitting;

/// <summary>Prints warnings about a submit, such as unknown keys and pools.</summary>
internal static class SubmitWarnings
{
    private const string PoolKey = "pool: ";

    // The box warns of a state only when it has refused the change to it.
    private const string StateKey = "state: ";

    private static readonly string[] SpecKeys =
    [
        "id",
        "node",
        "state",
        "tag",
        .. JobAttributes.All.Where(attribute => attribute.Role is JobAttributeRole.Spec).Select(attribute => attribute.Name),
    ];

    // The words of the command itself, which the box does not know.
    private static readonly string[] Words = ["wait", "quiet", .. ClientSettings.Names];

    /// <summary>Prints the warnings about one submit.</summary>
    /// <param name="invocation">The call.</param>
    /// <param name="spec">The submitted job.</param>
    /// <param name="response">The answer of the box.</param>
    public static async Task PrintAsync(Invocation invocation, JsonObject spec, Response response)
    {
        // The client replaces the warnings of the box about an unknown pool, to add the known pools, and about unknown keys. A legacy node
        // does not report the keys that it ignores.
        var ofPool = await OfPoolAsync(invocation, spec, response);
        var received = response.Warnings
            .Where(warning => ofPool is null || !warning.StartsWith(PoolKey, StringComparison.Ordinal)).ToList();
        foreach (var key in spec.Select(pair => pair.Key).Except(SpecKeys))
        {
            var index = received.FindIndex(warning => warning.StartsWith($"{key}: ", StringComparison.Ordinal));
            if (index >= 0)
                received[index] = Unknown(key);
            else
                received.Add(Unknown(key));
        }

        foreach (var warning in received.Append(ofPool).OfType<string>())
            invocation.Console.Warn(warning);
    }

    /// <summary>The exit status of a submit that may change a job: failed when it, or its change of the state, was refused.</summary>
    /// <param name="error">The error of the answer; null for none.</param>
    /// <param name="warnings">The warnings of the answer.</param>
    public static int StatusOf(string? error, IEnumerable<string> warnings) =>
        error is null && !warnings.Any(warning => warning.StartsWith(StateKey, StringComparison.Ordinal))
            ? ClientExitStatus.Good
            : ClientExitStatus.Failed;

    private static string Unknown(string key) =>
        $"{key}: not something that submit takes, ignored{DidYouMean.Of(key, [.. SpecKeys, .. Words])}";

    private static async Task<string?> OfPoolAsync(Invocation invocation, JsonObject spec, Response response)
    {
        if (response.Error is not null || spec["pool"]?.GetValueKind() is not JsonValueKind.String
        || response.Find("submit") is not { ValueKind: JsonValueKind.Object } jobs
            || !jobs.EnumerateObject().Any(job => IsUnassigned(job.Value)))
        {
            return null;
        }

        var pool = spec["pool"]!.GetValue<string>();
        var pools = await invocation.Client.PoolsAsync(invocation.Stop);
        var known = pools.Count > 0
            ? $"known pools: {string.Join(", ", pools.Keys.Order(StringComparer.Ordinal))}"
            : "no pools are known";
        return pools.ContainsKey(pool) ? null : $"no node online has a pool '{pool}': the job waits until one has; {known}";
    }

    private static bool IsUnassigned(JsonElement job) =>
        job.ValueKind is JsonValueKind.Object && job.TryGetProperty("node", out var node) && node.ValueKind is JsonValueKind.False;
}
