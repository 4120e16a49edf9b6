using System.Text.Json;
using MeeseeksBox.Configuration;

namespace MeeseeksBox.Agent.Configuration;

/// <summary><c>listen.allow</c>: the roles of clients (docs/SPECIFICATION.md#roles).</summary>
/// <remarks>
/// Without it every client has all rights. Sample: <c>{"*": "read", "headA": "peer", "web": {"role": "submit", "users": ["alice"]}}</c>.
/// </remarks>
internal sealed class AccessConfig : IEquatable<AccessConfig>
{
    /// <summary>Key of the section.</summary>
    public const string Key = "allow";

    // All clients without an entry of their own, with or without a certificate.
    private const string Anybody = "*";

    private const string RoleKey = "role";
    private const string UsersKey = "users";
    private const string PoolsKey = "pools";

    private readonly SortedDictionary<string, Access> _entries = new(StringComparer.Ordinal);

    /// <summary>The default: every client is <see cref="Role.Admin"/>.</summary>
    public static AccessConfig Open { get; } = Everybody();

    /// <summary>What a client may do.</summary>
    /// <param name="name">The common name in its verified certificate; null without one.</param>
    public Access Of(string? name) => name is not null && name is not Anybody && _entries.TryGetValue(name, out var own)
        ? own
        : _entries.GetValueOrDefault(Anybody, Access.None);

    /// <summary>True when an entry names a client, so that clients need certificates.</summary>
    public bool NamesSomebody => _entries.Keys.Any(name => name is not Anybody);

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

            var isObject = setting.Value is ConfigObject;
            var entry = isObject ? section.Section(name) : null;
            var users = entry?.Strings(UsersKey)?.Split(',', StringSplitOptions.RemoveEmptyEntries);
            var pools = entry?.Strings(PoolsKey)?.Split(',', StringSplitOptions.RemoveEmptyEntries);
            if (RoleOf((entry is null ? setting : entry.Find(RoleKey))?.Value) is not { } role)
            {
                section.AddProblem(setting, isObject
                    ? "an entry needs a role: none, read, submit, peer or admin"
                    : $"{setting.Value.Display} is not a role; the roles are none, read, submit, peer and admin");
            }
            else if (users is not null && role is not Role.Submit)
            {
                section.AddProblem(setting, "users: only the role submit has a list of users; peer and admin name any user");
            }
            else if (pools is not null && role is not Role.Submit)
            {
                section.AddProblem(setting, "pools: only the role submit has a list of pools");
            }
            else
            {
                access._entries[name] = new Access(role, role is Role.Peer or Role.Admin ? null : users ?? [], pools);
            }
        }

        return access;
    }

    /// <inheritdoc/>
    public bool Equals(AccessConfig? other) => other is not null && _entries.SequenceEqual(other._entries);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as AccessConfig);

    /// <inheritdoc/>
    public override int GetHashCode() => _entries.Count;

    private static Role? RoleOf(ConfigValue? value) => value is ConfigScalar { Kind: JsonValueKind.String, Text: var word }
        && Enum.TryParse<Role>(word, ignoreCase: true, out var role) && word.All(char.IsAsciiLetter)
            ? role
            : null;

    private static AccessConfig Everybody()
    {
        var access = new AccessConfig();
        access._entries[Anybody] = Access.Open;
        return access;
    }
}
