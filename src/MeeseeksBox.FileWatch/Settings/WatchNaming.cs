using System.Text.Json;
using MeeseeksBox.Configuration;

namespace MeeseeksBox.FileWatch.Settings;

/// <summary>The naming rules of watches in status files, ids and tags (<c>naming</c>).</summary>
internal static class WatchNaming
{
    /// <summary>The key that selects the rule.</summary>
    public const string Key = "naming";

    private const string RootWord = "root_template_watch";
    private const string WatchWord = "watch";
    private const string NameKey = "name";

    // The name of the later versions of the original in a configuration without a name.
    private const string DefaultRoot = "meeseeks-watch";

    /// <summary>The root of all names: <c>name</c>, or its default.</summary>
    public static string RootOf(ConfigObject written) =>
        written.TryGet(NameKey, out var value)
        && value is ConfigScalar { Kind: JsonValueKind.String or JsonValueKind.Number, Text: { Length: > 0 } name }
            ? name
            : DefaultRoot;

    /// <summary>The name of a watch by the rule of the later versions of the original.</summary>
    /// <param name="written">The configuration.</param>
    /// <param name="template">The template; null for a watch without one.</param>
    /// <param name="watch">The key of the watch.</param>
    public static string Root(ConfigObject written, string? template, string watch) =>
        template is null ? $"{RootOf(written)}_{watch}" : $"{RootOf(written)}_{template}_{watch}";

    /// <summary>Whether the configuration selects the names of later versions; null when it selects no rule.</summary>
    /// <param name="written">The configuration.</param>
    /// <param name="diagnostics">Receives the problems.</param>
    public static bool? IsRoot(ConfigObject written, ConfigDiagnostics? diagnostics)
    {
        if (!written.TryGet(Key, out var value) || value is ConfigScalar { IsNull: true })
            return null;
        switch ((value as ConfigScalar)?.Text)
        {
            case RootWord:
                return true;
            case WatchWord:
                return false;
            default:
                diagnostics?.AddProblem($"{new Setting(Key, value)}: {value.Display} is not {RootWord} or {WatchWord}");
                return null;
        }
    }
}
