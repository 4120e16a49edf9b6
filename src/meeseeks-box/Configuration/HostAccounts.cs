using System.Globalization;
using System.Runtime.InteropServices;
using MeeseeksBox.Foundation.Unix;

namespace MeeseeksBox.Agent.Configuration;

/// <summary>The users and groups of the system, directory services included; see getpwnam(3).</summary>
internal sealed partial class HostAccounts : IAccounts
{
    private const int FirstBuffer = 4 * 1024;
    private const int LargestBuffer = 4 * 1024 * 1024;
    private const int FirstGroups = 64;
    private const int MostGroups = 64 * 1024;

    private delegate int Lookup(nint buffer, nuint length, out Entry entry, out nint found);

    /// <inheritdoc/>
    public Account OwnUser => FindUser(LibC.EffectiveUser().ToString(CultureInfo.InvariantCulture))!;

    /// <inheritdoc/>
    public Account OwnGroup => FindGroup(LibC.EffectiveGroup().ToString(CultureInfo.InvariantCulture))!;

    /// <inheritdoc/>
    public Account? FindUser(string nameOrNumber) => TryNumber(nameOrNumber, out var id)
        ? FindUser((nint b, nuint size, out Entry entry, out nint found) => UserById(id, out entry, b, size, out found))
            ?? Unknown(id)
        : FindUser((nint b, nuint size, out Entry entry, out nint found) => UserByName(nameOrNumber, out entry, b, size, out found));

    /// <inheritdoc/>
    public Account? FindGroup(string nameOrNumber) => TryNumber(nameOrNumber, out var id)
        ? FindGroup((nint b, nuint size, out Entry entry, out nint found) => GroupById(id, out entry, b, size, out found))
            ?? Unknown(id)
        : FindGroup((nint b, nuint size, out Entry entry, out nint found) => GroupByName(nameOrNumber, out entry, b, size, out found));

    /// <inheritdoc/>
    public unsafe IReadOnlyList<uint> GroupsOf(Account user, uint group)
    {
        if (!user.IsKnown)
            return [group];

        for (var size = FirstGroups; size <= MostGroups; size *= 2)
        {
            var groups = new uint[size];
            var count = size;
            fixed (uint* list = groups)
            {
                if (GroupList(user.Name, group, list, &count) >= 0)
                    return [.. groups.Take(count).Distinct().Order()];
            }
        }

        throw new IOException($"user {user} is in more than {MostGroups} groups");
    }

    private static Account Unknown(uint id) => new(id, id.ToString(CultureInfo.InvariantCulture), id) { IsKnown = false };

    // The largest number stands for no account.
    private static bool TryNumber(string text, out uint number) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number is not uint.MaxValue;

    private static Account? FindUser(Lookup lookup) => Find(lookup, isGroup: false);

    private static Account? FindGroup(Lookup lookup) => Find(lookup, isGroup: true);

    private static Account? Find(Lookup lookup, bool isGroup)
    {
        for (var size = FirstBuffer; size <= LargestBuffer; size *= 2)
        {
            var buffer = Marshal.AllocHGlobal(size);
            try
            {
                if (lookup(buffer, (nuint)size, out var entry, out var found) is not ErrorNumber.TooSmall)
                {
                    return found is 0
                        ? null
                        : isGroup ? new Account(entry.Id, Marshal.PtrToStringUTF8(entry.Name)!, entry.Id)
                        : new Account(entry.Id, Marshal.PtrToStringUTF8(entry.Name)!, entry.GroupId)
                        {
                            Home = Marshal.PtrToStringUTF8(entry.Home),
                            Shell = Marshal.PtrToStringUTF8(entry.Shell),
                        };
                }
            }
            finally
            {
                Marshal.FreeHGlobal(buffer);
            }
        }

        return null;
    }

    [LibraryImport("libc", EntryPoint = "getpwuid_r")]
    private static partial int UserById(uint id, out Entry entry, nint buffer, nuint length, out nint found);

    [LibraryImport("libc", EntryPoint = "getpwnam_r", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int UserByName(string name, out Entry entry, nint buffer, nuint length, out nint found);

    [LibraryImport("libc", EntryPoint = "getgrgid_r")]
    private static partial int GroupById(uint id, out Entry entry, nint buffer, nuint length, out nint found);

    [LibraryImport("libc", EntryPoint = "getgrnam_r", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int GroupByName(string name, out Entry entry, nint buffer, nuint length, out nint found);

    [LibraryImport("libc", EntryPoint = "getgrouplist", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int GroupList(string user, uint group, uint* groups, int* count);

    // The common start of struct passwd and struct group: name, password, id. In passwd the gid, a comment, home and shell follow.
    [StructLayout(LayoutKind.Sequential)]
    private struct Entry
    {
        public nint Name;
        public nint Password;
        public uint Id;
        public uint GroupId;
        public nint Comment;
        public nint Home;
        public nint Shell;
    }
}
