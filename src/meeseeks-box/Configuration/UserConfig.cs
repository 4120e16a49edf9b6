using MeeseeksBox.Configuration;

namespace MeeseeksBox.Agent.Configuration;

/// <summary><c>user</c> and <c>group</c>, of the box or of a pool (docs/SPECIFICATION.md#user-and-group).</summary>
/// <param name="User">The user, by name or number; null when it is not set.</param>
/// <param name="Group">The group; null for the primary group of the user.</param>
internal sealed record UserConfig(string? User, string? Group)
{
    /// <summary>The key of the user.</summary>
    public const string UserKey = "user";

    /// <summary>The key of the group.</summary>
    public const string GroupKey = "group";

    /// <summary>Neither is set.</summary>
    public static UserConfig None { get; } = new(null, null);

    /// <summary>Reads both keys of a section. Problems are added to the reader.</summary>
    public static UserConfig Read(SectionReader section) => new(section.Text(UserKey), section.Text(GroupKey));
}
