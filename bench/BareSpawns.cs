using System.Collections;
using System.Globalization;
using System.Text;
using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.Runner.Starting;

namespace MeeseeksBox.Bench;

/// <summary>The baseline of jobs that leaves out .NET: <c>posix_spawn</c> and <c>wait4</c>, with the streams opened to files.</summary>
internal static class BareSpawns
{
    private static readonly byte[][] Arguments = [Encoding.UTF8.GetBytes("/bin/true")];

    private static readonly byte[][] Variables =
    [
        .. Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Select(variable => Encoding.UTF8.GetBytes($"{variable.Key}={variable.Value}")),
    ];

    /// <summary>Runs as many processes as each input line says, and prints a line when all have ended.</summary>
    /// <param name="parallel">The number of concurrent processes, each with a thread.</param>
    public static int Run(int parallel)
    {
        var folder = Directory.CreateTempSubdirectory("bare-spawns-").FullName;
        Console.WriteLine("ready");
        while (Console.ReadLine() is { } line)
        {
            Burst(int.Parse(line, CultureInfo.InvariantCulture), parallel, folder);
            Console.WriteLine("done");
        }

        Directory.Delete(folder, recursive: true);
        return 0;
    }

    private static void Burst(int count, int parallel, string folder)
    {
        var threads = Enumerable.Range(0, parallel).Select(number => new Thread(() =>
        {
            while (Interlocked.Decrement(ref count) >= 0)
                RunOne(Path.Combine(folder, number.ToString(CultureInfo.InvariantCulture)));
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
    }

    private static unsafe void RunOne(string file)
    {
        const int Writing = OpenFlag.WriteOnly | OpenFlag.Create | OpenFlag.Truncate | OpenFlag.CloseOnExec;
        int[] streams =
        [
            LibC.Open("/dev/null", OpenFlag.ReadOnly | OpenFlag.CloseOnExec, 0),
            LibC.Open(file + ".stdout", Writing, 0x180),
            LibC.Open(file + ".stderr", Writing, 0x180),
        ];
        if (ProcessSpawner.Start("/bin/true", Arguments, Variables, "/", streams, out var pid) is not 0 and var error)
            throw new InvalidOperationException($"/bin/true cannot be started: {ErrorNumber.TextOf(error)}");

        foreach (var stream in streams)
            _ = LibC.Close(stream);

        int status;
        _ = LibC.Wait4(pid, &status, 0, null);
    }
}
