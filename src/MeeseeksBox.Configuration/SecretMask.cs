using System.Text.Json;

namespace MeeseeksBox.Configuration;

/// <summary>Recognizes secrets: <c>pass</c> in every section <c>ssl</c>, at any level.</summary>
internal static class SecretMask
{
    /// <summary>The text that is shown in place of a secret.</summary>
    public const string Mask = "********";

    private const string Section = "ssl";
    private const string Key = "pass";

    /// <summary>Whether the value is a secret that must not be shown.</summary>
    /// <param name="section">The key of the object that contains the value.</param>
    /// <param name="key">The key of the value.</param>
    /// <param name="value">The value; null is not a secret.</param>
    public static bool Covers(string section, string key, ConfigValue value) =>
        section == Section && key == Key && value is not ConfigScalar { IsNull: true };

    /// <summary>The object without its masked secrets.</summary>
    public static ConfigObject WithoutMasked(ConfigObject tree) => WithoutMasked(tree, string.Empty);

    private static ConfigObject WithoutMasked(ConfigObject tree, string section) => new(
        from member in tree.Members
        where !IsMask(section, member.Key, member.Value)
        select KeyValuePair.Create(member.Key, member.Value is ConfigObject child ? WithoutMasked(child, member.Key) : member.Value),
        tree.Origin);

    private static bool IsMask(string section, string key, ConfigValue value) =>
        Covers(section, key, value) && value is ConfigScalar { Kind: JsonValueKind.String, Text: Mask };
}
