using System.Text.Json;
using MeeseeksBox.Configuration;

namespace MeeseeksBox.Agent.Configuration;

/// <summary><c>listen.allow</c>: the roles of clients (docs/SPECIFICATION.md#roles).</summary>
/// <remarks>Without it every client has all rights. Sample: <c>{"*": "read", "headA": "submit", "operator": "admin"}</c>.</remarks>
internal sealed class AccessConfig : IEquatable<AccessConfig>
{
    /// <summary>Key of the section.</summary>
    public const string Key = "allow";

    // All clients without an entry of their own, with or without a certificate.
    private const string Anybody = "*";

    private readonly SortedDictionary<string, Role> _roles = new(StringComparer.Ordinal);

    /// <summary>The default: every client is <see cref="Role.Admin"/>.</summary>
    public static AccessConfig Open { get; } = Everybody();

    /// <summary>The role of a client.</summary>
    /// <param name="name">The common name in its verified certificate; null without one.</param>
    public Role RoleOf(string? name) =>
        name is not null && name is not Anybody && _roles.TryGetValue(name, out var own) ? own : _roles.GetValueOrDefault(Anybody);

    /// <summary>True when an entry names a client, so that clients need certificates.</summary>
    public bool NamesSomebody => _roles.Keys.Any(name => name is not Anybody);

    /// <summary>Reads the section. Problems are added to the reader.</summary>
    public static AccessConfig Read(SectionReader parent)
    {
        if (!parent.HasSection(Key))
            return Open;

        var section = parent.Section(Key);
        var access = new AccessConfig();
        foreach (var name in section.Keys)
        {
            if (section.Find(name) is not { } setting)
                continue;

            if (setting.Value is ConfigScalar { Kind: JsonValueKind.String, Text: var word }
                && Enum.TryParse<Role>(word, ignoreCase: true, out var role)
                && !char.IsAsciiDigit(word[0]))
            {
                access._roles[name] = role;
            }
            else
            {
                section.AddProblem(setting, $"{setting.Value.Display} is not a role; the roles are none, read, submit and admin");
            }
        }

        return access;
    }

    /// <inheritdoc/>
    public bool Equals(AccessConfig? other) => other is not null && _roles.SequenceEqual(other._roles);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as AccessConfig);

    /// <inheritdoc/>
    public override int GetHashCode() => _roles.Count;

    private static AccessConfig Everybody()
    {
        var access = new AccessConfig();
        access._roles[Anybody] = Role.Admin;
        return access;
    }
}
