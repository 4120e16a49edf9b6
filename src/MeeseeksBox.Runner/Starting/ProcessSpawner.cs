using MeeseeksBox.Foundation.Unix;

namespace MeeseeksBox.Runner.Starting;

/// <summary>Starts a program in a session of its own; see posix_spawn(3).</summary>
/// <remarks>
/// The process has the default action of every signal, blocks none, and holds the three given descriptors only: all others of the runner
/// are closed when it executes the program.
/// </remarks>
internal static unsafe class ProcessSpawner
{
    // Larger than the structures of any C library.
    private const int StructureSize = 1024;

    private const short SetSignalMask = 0x08;
    private const short SetSignalDefaults = 0x04;
    private const short NewSession = 0x80;

    /// <summary>Starts a program.</summary>
    /// <param name="program">Full path of the program.</param>
    /// <param name="arguments">All arguments, the name of the program first.</param>
    /// <param name="variables">The environment, as NAME=VALUE.</param>
    /// <param name="folder">The working directory.</param>
    /// <param name="streams">The descriptors that become 0, 1 and 2.</param>
    /// <param name="pid">The process id.</param>
    /// <returns>The number of the error, or 0.</returns>
    public static int Start(
        string program,
        IReadOnlyList<byte[]> arguments,
        IReadOnlyList<byte[]> variables,
        string folder,
        IReadOnlyList<int> streams,
        out int pid)
    {
        var attributes = stackalloc byte[StructureSize];
        var actions = stackalloc byte[StructureSize];
        _ = LibC.SpawnAttributesInit(attributes);
        _ = LibC.FileActionsInit(actions);
        try
        {
            SetSignals(attributes);
            _ = LibC.SpawnAttributesSetFlags(attributes, SetSignalMask | SetSignalDefaults | NewSession);
            _ = LibC.FileActionsChangeFolder(actions, folder);
            for (var stream = 0; stream < streams.Count; stream++)
                _ = LibC.FileActionsDup2(actions, streams[stream], stream);

            var bytes = Packed(arguments, variables);
            var pointers = new nint[arguments.Count + variables.Count + 2];
            fixed (byte* start = bytes)
            fixed (nint* vector = pointers)
            {
                Point(start, arguments, variables, pointers);
                int started;
                var error = LibC.Spawn(
                    &started, program, actions, attributes, (byte**)vector, (byte**)(vector + arguments.Count + 1));
                pid = started;
                return error;
            }
        }
        finally
        {
            _ = LibC.FileActionsDestroy(actions);
            _ = LibC.SpawnAttributesDestroy(attributes);
        }
    }

    private static void SetSignals(byte* attributes)
    {
        // Bit by bit, because sigfillset leaves out the two signals of the C library, which posix_spawn would have ignored then.
        var set = stackalloc byte[StructureSize];
        new Span<byte>(set, StructureSize).Fill(0xff);
        _ = LibC.SpawnAttributesSetDefaults(attributes, set);
        new Span<byte>(set, StructureSize).Clear();
        _ = LibC.SpawnAttributesSetMask(attributes, set);
    }

    // All texts one after the other, each with a NUL at its end.
    private static byte[] Packed(IReadOnlyList<byte[]> arguments, IReadOnlyList<byte[]> variables)
    {
        var bytes = new byte[arguments.Sum(text => text.Length + 1) + variables.Sum(text => text.Length + 1) + 1];
        var position = 0;
        foreach (var text in arguments.Concat(variables))
        {
            text.CopyTo(bytes, position);
            position += text.Length + 1;
        }

        return bytes;
    }

    // Two lists of pointers, each with a null at its end.
    private static void Point(byte* start, IReadOnlyList<byte[]> arguments, IReadOnlyList<byte[]> variables, nint[] pointers)
    {
        var position = 0;
        var index = 0;
        foreach (var list in new[] { arguments, variables })
        {
            foreach (var text in list)
            {
                pointers[index++] = (nint)(start + position);
                position += text.Length + 1;
            }

            index++;
        }
    }
}
