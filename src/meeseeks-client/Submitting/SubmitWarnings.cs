using System.Text.Json;
using System.Text.Json.Nodes;
using MeeseeksBox.Client;
using MeeseeksBox.CommandLine.Commands;
using MeeseeksBox.CommandLine.Options;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.CommandLine.Submitting;

/// <summary>Says what of a submit will not come out as it was meant: keys that nobody knows, pools that nobody has.</summary>
internal static class SubmitWarnings
{
    private const string PoolKey = "pool: ";

    private static readonly string[] SpecKeys =
        ["id", "node", "state", "tag", .. JobKeys.All.Where(key => key.Role is JobKeyRole.Spec).Select(key => key.Name)];

    /// <summary>Says what there is to say of one submit.</summary>
    /// <param name="invocation">The call.</param>
    /// <param name="spec">What was submitted.</param>
    /// <param name="answer">What the box answered.</param>
    public static async Task SayAsync(Invocation invocation, JsonObject spec, Answer answer)
    {
        // An old peer says nothing of keys that it drops.
        var told = answer.Warnings.Where(warning => !warning.StartsWith(PoolKey, StringComparison.Ordinal) || spec["id"] is not null).ToList();
        var silent = spec.Select(pair => pair.Key).Except(SpecKeys).Where(key => !told.Exists(warning => warning.StartsWith($"{key}: ", StringComparison.Ordinal)));
        foreach (var warning in told.Concat(silent.Select(Unknown)))
        {
            invocation.Screen.Warn(warning);
        }

        if (answer.Error is null && spec["pool"]?.GetValueKind() is JsonValueKind.String && answer.Find("submit") is { ValueKind: JsonValueKind.Object } jobs)
        {
            await SayPoolAsync(invocation, spec["pool"]!.GetValue<string>(), jobs);
        }
    }

    private static string Unknown(string key) => $"{key}: not something that submit takes, ignored{Guess.Of(key, SpecKeys)}";

    private static async Task SayPoolAsync(Invocation invocation, string pool, JsonElement jobs)
    {
        var isUnassigned = jobs.EnumerateObject().Any(job => job.Value.ValueKind is JsonValueKind.Object
            && job.Value.TryGetProperty("node", out var node) && node.ValueKind is JsonValueKind.False);
        if (!isUnassigned)
        {
            return;
        }

        var pools = await invocation.Client.PoolsAsync(invocation.Stop);
        if (!pools.ContainsKey(pool))
        {
            var known = pools.Count > 0 ? $"the pools there are: {string.Join(", ", pools.Keys.Order(StringComparer.Ordinal))}" : "there are no pools at all";
            invocation.Screen.Warn($"no node online has a pool '{pool}': the job waits until one has; {known}");
        }
    }
}
