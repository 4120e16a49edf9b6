using System.Globalization;
using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.Runner.Unix;

namespace MeeseeksBox.Runner.Accounts;

/// <summary>The user and the groups of a process.</summary>
/// <param name="User">The uid: real, effective and saved.</param>
/// <param name="Group">The gid: real, effective and saved.</param>
/// <param name="Groups">The gids of the supplementary groups, in ascending order, separated by commas.</param>
internal sealed record Credentials(uint User, uint Group, string Groups)
{
    /// <summary>The credentials of this process.</summary>
    public static Credentials Own { get; } = ReadOwn();

    /// <summary>Makes credentials of a list of groups.</summary>
    public static Credentials Of(uint user, uint group, IEnumerable<uint> groups) =>
        new(user, group, string.Join(',', groups.Distinct().Order().Select(id => id.ToString(CultureInfo.InvariantCulture))));

    /// <summary>Reads the text of <see cref="ToString"/>; null for any other text.</summary>
    public static Credentials? Parse(string text) =>
        text.Split(':') is [var user, var group, var groups] && TryId(user, out var uid) && TryId(group, out var gid)
            && groups.Split(',', StringSplitOptions.RemoveEmptyEntries).All(one => TryId(one, out _))
                ? new Credentials(uid, gid, groups)
                : null;

    /// <summary>The gids of the supplementary groups.</summary>
    public uint[] GroupList() =>
        [.. Groups.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(id => uint.Parse(id, CultureInfo.InvariantCulture))];

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{User}:{Group}:{Groups}");

    // The largest number would leave an id of a process as it is; see setresuid(2).
    private static bool TryId(string text, out uint id) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out id) && id is not uint.MaxValue;

    private static unsafe Credentials ReadOwn()
    {
        var count = SystemCall.Check(LibC.GetGroups(0, null), "getgroups");
        var groups = new uint[count];
        fixed (uint* list = groups)
            _ = SystemCall.Check(LibC.GetGroups(count, list), "getgroups");
        return Of(LibC.EffectiveUser(), LibC.EffectiveGroup(), groups);
    }
}
