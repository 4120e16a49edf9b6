using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using MeeseeksBox.Foundation.Unix;

namespace MeeseeksBox.Runner.ControlGroups;

/// <summary>Reads and writes the files of a control group.</summary>
internal static unsafe class ControlFile
{
    /// <summary>The file with the processes of a group; a process id that is written to it moves that process.</summary>
    public const string Processes = "cgroup.procs";

    /// <summary>The file whose 1 kills all processes of a group, since Linux 5.14.</summary>
    public const string Kill = "cgroup.kill";

    /// <summary>The file whose 1 freezes all processes of a group, and whose 0 thaws them.</summary>
    public const string Freeze = "cgroup.freeze";

    /// <summary>The files that another user needs to use a group: see "Delegation" in the manual of the kernel.</summary>
    public static readonly IReadOnlyList<string> Delegated = [Processes, "cgroup.threads", "cgroup.subtree_control"];

    private const string Events = "cgroup.events";
    private const string Populated = "populated 1";

    /// <summary>Writes a value.</summary>
    /// <returns>False when the system has rejected it, with the reason in <see cref="Marshal.GetLastPInvokeError"/>.</returns>
    public static bool TryWrite(string folder, string file, int value) =>
        TryWrite(folder, file, value.ToString(CultureInfo.InvariantCulture));

    /// <inheritdoc cref="TryWrite(string, string, int)"/>
    public static bool TryWrite(string folder, string file, string value)
    {
        var descriptor = LibC.Open(Path.Combine(folder, file), OpenFlag.WriteOnly | OpenFlag.CloseOnExec, 0);
        if (descriptor < 0)
            return false;

        var text = Encoding.ASCII.GetBytes(value);
        nint written;
        fixed (byte* bytes = text)
            written = LibC.Write(descriptor, bytes, text.Length);

        var error = Marshal.GetLastPInvokeError();
        _ = LibC.Close(descriptor);
        Marshal.SetLastPInvokeError(error);
        return written == text.Length;
    }

    /// <summary>The numbers in a file; empty when it cannot be read.</summary>
    public static IReadOnlyList<int> Numbers(string path) =>
        [.. Text(path).Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];

    /// <summary>True unless a group is known to have no process, in itself and below.</summary>
    public static bool IsPopulated(string folder) =>
        Text(Path.Combine(folder, Events)) is var events && (events.Length is 0 || events.Contains(Populated, StringComparison.Ordinal));

    /// <summary>The text of a file of the system; empty when it cannot be read.</summary>
    public static string Text(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
