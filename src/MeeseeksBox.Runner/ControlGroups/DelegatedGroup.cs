using MeeseeksBox.Foundation.Unix;

namespace MeeseeksBox.Runner.ControlGroups;

/// <summary>A control group that a service manager has left to a service, with all groups in it.</summary>
internal static unsafe class DelegatedGroup
{
    // systemd sets it for Delegate=, since version 251.
    private const string Mark = "user.delegate";
    private const byte IsSet = (byte)'1';

    /// <summary>The group around a group, when it is delegated. The limits of processes are for groups without a process only.</summary>
    /// <param name="folder">The folder of a group.</param>
    /// <param name="isDelegated">Tells whether the group of a folder is delegated.</param>
    /// <returns>Null when it is not delegated, or not to this process.</returns>
    public static string? ParentOf(string folder, Func<string, bool> isDelegated) =>
        Path.GetDirectoryName(folder) is { } parent && isDelegated(parent)
            && LibC.Access(Path.Combine(parent, ControlFile.Processes), AccessMode.Writable) is 0
                ? parent
                : null;

    /// <summary>True when the service manager has marked the group of a folder as delegated.</summary>
    public static bool IsMarked(string folder)
    {
        byte value;
        return LibC.GetAttribute(folder, Mark, &value, sizeof(byte)) is sizeof(byte) && value is IsSet;
    }
}
