using System.Text.Json;
using MeeseeksBox.Protocol;

namespace MeeseeksBox.Core.Scheduling;

/// <summary>Mistakes in the <c>config</c> of a job (docs/SPECIFICATION.md#job-config).</summary>
/// <remarks>
/// A plugin may define any key, so an unknown one is no mistake. A key is named only when it can hardly mean anything else than one of
/// those for processes.
/// </remarks>
internal static class ConfigWarnings
{
    private static readonly Dictionary<string, string> Meant = new(StringComparer.OrdinalIgnoreCase)
    {
        ["cwd"] = "cwd",
        ["workdir"] = "cwd",
        ["working_dir"] = "cwd",
        ["working_directory"] = "cwd",
        ["chdir"] = "cwd",
        ["env"] = "env",
        ["envs"] = "env",
        ["environ"] = "env",
        ["environment"] = "env",
        ["shell"] = "shell",
        ["shel"] = "shell",
        ["use_shell"] = "shell",
    };

    /// <summary>The warnings about an object of settings.</summary>
    public static IEnumerable<string> Of(JsonElement? config) =>
        config is { ValueKind: JsonValueKind.Object } settings ? settings.EnumerateObject().Select(Of).OfType<string>() : [];

    private static string? Of(JsonProperty setting)
    {
        if (!Meant.TryGetValue(setting.Name, out var meant))
            return null;
        if (setting.Name != meant)
            return $"config.{setting.Name}: not a key for processes, which ignore it; did you mean {meant}?";

        var expected = meant switch
        {
            _ when setting.Value.ValueKind is JsonValueKind.Null => null,
            "shell" when !IsFlag(setting.Value) => "true or false",
            "env" when setting.Value.ValueKind is not JsonValueKind.Object => "an object of texts, like {\"A\":\"1\"}",
            "cwd" when !LenientJson.TryString(setting.Value, out _) => "a path",
            _ => null,
        };
        return expected is null
            ? null
            : $"config.{meant}: {LenientJson.Show(setting.Value)} is not {expected}, and processes ignore it";
    }

    // Any number but 0 is true here.
    private static bool IsFlag(JsonElement value) => value.ValueKind is JsonValueKind.Number || LenientJson.TryBoolean(value, out _);
}
