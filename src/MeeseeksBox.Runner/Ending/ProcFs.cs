using System.Buffers;
using System.Buffers.Text;
using System.Text;
using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.Runner.Protocol;
using MeeseeksBox.Runner.Unix;

namespace MeeseeksBox.Runner.Ending;

/// <summary>Reads processes and the boot time from <c>/proc</c>; see proc(5).</summary>
internal static class ProcFs
{
    private const int FirstBufferSize = 16 * 1024;

    // A program gets 6 MB of environment at most, but a process may show any memory of its own in its place.
    private const int MostBytes = 8 * 1024 * 1024;

    // PF_KTHREAD: a thread of the kernel has no environment, and cannot be killed. Reading it would throw an exception each time.
    private const long KernelThread = 0x200000;

    private static readonly byte[] RunAssignment = Encoding.UTF8.GetBytes(RunVariable.Name + "=");

    /// <summary>Reads all processes except this one and those of the kernel; those that end meanwhile are left out.</summary>
    /// <exception cref="IOException">No file descriptor is left to read with.</exception>
    public static ProcessSnapshot ReadAll()
    {
        var entries = new List<ProcessEntry>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder.AsSpan()), out var pid) && pid != Environment.ProcessId && Read(pid) is { } entry)
                entries.Add(entry);
        }

        return new ProcessSnapshot(entries);
    }

    /// <summary>The boot time of this host in seconds since 1970.</summary>
    /// <exception cref="InvalidDataException"><c>/proc/stat</c> has no boot time.</exception>
    public static long BootTs()
    {
        const string Key = "btime ";
        var line = File.ReadLines("/proc/stat").FirstOrDefault(line => line.StartsWith(Key, StringComparison.Ordinal))
            ?? throw new InvalidDataException("/proc/stat has no line 'btime': cannot tell when this host was started");
        return long.Parse(line.AsSpan(Key.Length));
    }

    /// <summary>True when a process executes a program.</summary>
    /// <param name="pid">The process.</param>
    /// <param name="link">A link to the program.</param>
    public static bool Executes(int pid, string link) =>
        new FileInfo($"/proc/{pid}/exe").LinkTarget is { } program && program == new FileInfo(link).LinkTarget;

    /// <summary>The real user of a process; null when it has ended.</summary>
    public static uint? UserOf(int pid)
    {
        try
        {
            return uint.Parse(StatusFile.Read($"/proc/{pid}")["Uid"][0]);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>A process, without its run; null when it has ended.</summary>
    /// <exception cref="IOException">No file descriptor is left to read with.</exception>
    public static ProcessEntry? Find(int pid) => WithContent($"/proc/{pid}/stat", stat => Parse(pid, stat));

    private static ProcessEntry? Read(int pid) =>
        Find(pid) is { } entry
            ? entry with { Run = WithContent($"/proc/{pid}/environ", RunOf) }
            : null;

    // "PID (NAME) STATE PARENT …": the name may contain blanks and brackets, so only the last bracket ends it. The start is
    // field 22, the flags are field 9.
    private static ProcessEntry? Parse(int pid, ReadOnlySpan<byte> stat)
    {
        var open = stat.IndexOf((byte)'(');
        var close = stat.LastIndexOf((byte)')');
        if (open < 0 || close < open)
            return null;

        var name = Encoding.UTF8.GetString(stat[(open + 1)..close]);
        var fields = stat[(close + 2)..];
        var state = (char)fields[0];
        var hasExited = state is 'Z' or 'X';
        var isKernelThread = (Number(fields, 6) & KernelThread) != 0;
        return hasExited || isKernelThread
            ? null
            : new ProcessEntry(pid, (int)Number(fields, 1), (int)Number(fields, 3), name, Number(fields, 19), null) { State = state };
    }

    private static long Number(ReadOnlySpan<byte> fields, int index)
    {
        for (; index > 0; index--)
            fields = fields[(fields.IndexOf((byte)' ') + 1)..];

        return Utf8Parser.TryParse(fields, out long number, out _) ? number : 0;
    }

    private static string? RunOf(ReadOnlySpan<byte> environment)
    {
        foreach (var range in environment.Split((byte)0))
        {
            var variable = environment[range];
            if (variable.StartsWith(RunAssignment))
                return Encoding.UTF8.GetString(variable[RunAssignment.Length..]);
        }

        return null;
    }

    private delegate T? Reading<T>(ReadOnlySpan<byte> content);

    // Null also when the process has ended meanwhile or belongs to another user: the box can kill neither.
    private static T? WithContent<T>(string path, Reading<T> read)
        where T : class
    {
        // Checked first, because an exception for each process of another user would be slow.
        if (LibC.Access(path, AccessMode.Readable) != 0)
            return null;

        var bytes = ArrayPool<byte>.Shared.Rent(FirstBufferSize);
        try
        {
            using var file = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
            var length = 0;
            for (int count; length < MostBytes && (count = RandomAccess.Read(file, bytes.AsSpan(length), length)) > 0;)
            {
                length += count;
                if (length == bytes.Length)
                    bytes = Larger(bytes);
            }

            return read(bytes.AsSpan(0, length));
        }
        catch (Exception gone) when (gone is UnauthorizedAccessException
            or IOException { HResult: not (ErrorNumber.HostStarved or ErrorNumber.ProcessStarved) })
        {
            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private static byte[] Larger(byte[] bytes)
    {
        var larger = ArrayPool<byte>.Shared.Rent(bytes.Length * 2);
        bytes.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(bytes);
        return larger;
    }
}
