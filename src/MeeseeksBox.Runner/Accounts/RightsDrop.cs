using System.Globalization;
using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.Runner.Unix;

namespace MeeseeksBox.Runner.Accounts;

/// <summary>Gives all threads of this process other credentials, for good; see credentials(7) and capabilities(7).</summary>
internal static unsafe class RightsDrop
{
    private const int SetDumpable = 4;
    private const uint CapabilityVersion = 0x20080522;

    /// <summary>Takes on credentials. Those that the process has already change nothing.</summary>
    /// <exception cref="IOException">The process may not do so, or would keep rights of its own.</exception>
    public static void To(Credentials wanted)
    {
        if (wanted == Credentials.Own)
            return;

        var what = $"cannot run as user {wanted.User} with group {wanted.Group}";
        var groups = wanted.GroupList();
        fixed (uint* list = groups)
            _ = SystemCall.Check(LibC.SetGroups((nuint)groups.Length, list), what);
        _ = SystemCall.Check(LibC.SetGroup(wanted.Group, wanted.Group, wanted.Group), what);
        _ = SystemCall.Check(LibC.SetUser(wanted.User, wanted.User, wanted.User), what);
        if (wanted.User is not 0)
        {
            DropCapabilities();

            // Other processes of the user may not read its memory, its folder and its descriptors, nor trace it.
            _ = SystemCall.Check(LibC.Prctl(SetDumpable, 0, 0, 0, 0), what);
        }

        Verify(wanted, what);
    }

    // The change of the user clears all sets but the inheritable one.
    private static void DropCapabilities()
    {
        var header = stackalloc uint[] { CapabilityVersion, 0 };
        var sets = stackalloc uint[6];
        new Span<uint>(sets, 6).Clear();
        _ = SystemCall.Check(LibC.SetCapabilities(header, sets), "capset");
    }

    private static void Verify(Credentials wanted, string what)
    {
        foreach (var thread in Directory.GetDirectories("/proc/self/task"))
        {
            var fields = StatusFile.Read(thread);
            if (!HasOnly(fields["Uid"], wanted.User) || !HasOnly(fields["Gid"], wanted.Group)
                || string.Join(',', fields["Groups"].Select(uint.Parse).Order()) != wanted.Groups
                || (wanted.User is not 0 && Array.Exists(["CapPrm", "CapEff"], set => fields[set].Any(bits => bits.Trim('0').Length > 0))))
            {
                throw new IOException($"{what}: a thread of meeseeks-runner has kept other rights");
            }
        }
    }

    private static bool HasOnly(string[] ids, uint id) =>
        ids.Length > 0 && Array.TrueForAll(ids, text => text == id.ToString(CultureInfo.InvariantCulture));
}
