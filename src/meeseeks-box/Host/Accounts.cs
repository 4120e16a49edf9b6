using System.Globalization;
using System.Runtime.InteropServices;

namespace MeeseeksBox.Agent.Host;

/// <summary>Users and groups of this host, as the system's name service knows them, directories such as LDAP included.</summary>
internal static partial class Accounts
{
    private const int OutOfRange = 34;
    private const int LongestEntry = 1024 * 1024;

    private delegate int Lookup<in TKey>(TKey key, out Entry entry, byte[] buffer, nint size, out nint found);

    /// <summary>The number of the user whose rights this process has.</summary>
    public static uint EffectiveUser => GetEffectiveUser();

    /// <summary>The number of the group whose rights this process has.</summary>
    public static uint EffectiveGroup => GetEffectiveGroup();

    /// <summary>The number of a user.</summary>
    /// <param name="account">A name or a number.</param>
    /// <returns>The number; null when this host has no such user.</returns>
    public static uint? UserNumber(string account) => Number(account) ?? Find<string>(account, FindUserByName)?.Number;

    /// <summary>The number of a group.</summary>
    /// <param name="account">A name or a number.</param>
    /// <returns>The number; null when this host has no such group.</returns>
    public static uint? GroupNumber(string account) => Number(account) ?? Find<string>(account, FindGroupByName)?.Number;

    /// <summary>A user for a message: <c>alice (1000)</c>, or the number alone where it has no name.</summary>
    public static string ShowUser(uint number) => Show(number, Find<uint>(number, FindUserByNumber));

    /// <summary>A group for a message, like <see cref="ShowUser"/>.</summary>
    public static string ShowGroup(uint number) => Show(number, Find<uint>(number, FindGroupByNumber));

    private static uint? Number(string account) =>
        uint.TryParse(account, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string Show(uint number, (string Name, uint Number)? entry)
    {
        var text = number.ToString(CultureInfo.InvariantCulture);
        return entry is null ? text : $"{entry.Value.Name} ({text})";
    }

    // An entry longer than the buffer is asked for again with a larger one: getpwnam_r(3), getgrnam_r(3).
    private static (string Name, uint Number)? Find<TKey>(TKey key, Lookup<TKey> lookup)
    {
        for (var size = 1024; size <= LongestEntry; size *= 4)
        {
            var buffer = GC.AllocateUninitializedArray<byte>(size, pinned: true);
            var error = lookup(key, out var entry, buffer, size, out var found);
            if (error is not OutOfRange)
            {
                return error is 0 && found is not 0 ? (Marshal.PtrToStringUTF8(entry.Name) ?? "", entry.Number) : null;
            }
        }

        return null;
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GetEffectiveUser();

    [LibraryImport("libc", EntryPoint = "getegid")]
    private static partial uint GetEffectiveGroup();

    [LibraryImport("libc", EntryPoint = "getpwnam_r", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int FindUserByName(string name, out Entry entry, byte[] buffer, nint size, out nint found);

    [LibraryImport("libc", EntryPoint = "getpwuid_r")]
    private static partial int FindUserByNumber(uint number, out Entry entry, byte[] buffer, nint size, out nint found);

    [LibraryImport("libc", EntryPoint = "getgrnam_r", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int FindGroupByName(string name, out Entry entry, byte[] buffer, nint size, out nint found);

    [LibraryImport("libc", EntryPoint = "getgrgid_r")]
    private static partial int FindGroupByNumber(uint number, out Entry entry, byte[] buffer, nint size, out nint found);

    // The beginning that struct passwd and struct group share, with room for the longer of the two.
    [StructLayout(LayoutKind.Sequential, Size = 64)]
    private struct Entry
    {
        public nint Name;
        public nint Password;
        public uint Number;
    }
}
