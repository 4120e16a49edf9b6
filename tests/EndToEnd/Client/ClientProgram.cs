using System.Diagnostics;
using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Client;

/// <summary>Runs the client.</summary>
public static class ClientProgram
{
    /// <summary>The path of the program that the tests run.</summary>
    public static string Path { get; } = ProgramsUnderTest.PathOf("meeseeks-client");

    /// <summary>Runs the client, with the address of the box in MEESEEKS_CONF.</summary>
    public static Task<ClientRun> ClientAsync(this RunningBox box, params string[] words) => box.ClientWithInputAsync("", words);

    /// <summary>Runs the client of a box with a standard input.</summary>
    public static Task<ClientRun> ClientWithInputAsync(this RunningBox box, string input, params string[] words) =>
        EndAsync(Start(Path, Conf(box), words), input);

    /// <summary>Runs the client under another name.</summary>
    /// <remarks>
    /// A native program sees the name of a link to it. The build output sees the name of its assembly file, so that file is copied.
    /// </remarks>
    public static async Task<ClientRun> ClientNamedAsync(this RunningBox box, string name, params string[] words)
    {
        using var folder = new TemporaryFolder();
        if (ProgramsUnderTest.IsNative("meeseeks-client"))
        {
            File.CreateSymbolicLink(folder.File(name), Path);
            return await EndAsync(Start(folder.File(name), Conf(box), words), "");
        }

        File.Copy($"{Path}.dll", folder.File($"{name}.dll"));
        string[] host =
        [
            "exec", "--depsfile", $"{Path}.deps.json", "--runtimeconfig", $"{Path}.runtimeconfig.json", folder.File($"{name}.dll"),
        ];
        return await EndAsync(Start("dotnet", Conf(box), [.. host, .. words]), "");
    }

    /// <summary>Runs the client of a box on a pseudo-terminal of the program script (util-linux).</summary>
    /// <returns>The output to the terminal.</returns>
    public static async Task<string> ClientOnTerminalAsync(this RunningBox box, params string[] words) =>
        (await EndAsync(Start("script", Conf(box), ["-qec", string.Join(' ', [Path, .. words]), "/dev/null"]))).Output;

    /// <summary>Runs a script of bash, with the address of the box in MEESEEKS_CONF.</summary>
    /// <param name="box">The box.</param>
    /// <param name="script">The script.</param>
    /// <param name="program">The program whose path is <c>$0</c> of the script.</param>
    public static Task<ClientRun> ShellAsync(this RunningBox box, string script, string program = "meeseeks-client") =>
        EndAsync(Start("bash", Conf(box), ["-c", script, ProgramsUnderTest.PathOf(program)]));

    /// <summary>Runs the client with a value of MEESEEKS_CONF.</summary>
    public static Task<ClientRun> RunAsync(string conf, params string[] words) => EndAsync(Start(conf, words), "");

    /// <summary>Starts the client of a box.</summary>
    public static Process StartClient(this RunningBox box, params string[] words) => Start(Path, Conf(box), words);

    /// <summary>Starts the client of a box with default signal dispositions, whatever the tests were started with.</summary>
    public static Process StartClientForSignals(this RunningBox box, params string[] words) =>
        Start("env", Conf(box), ["--default-signal", Path, .. words]);

    /// <summary>Runs the client without the capabilities of root to ignore file modes.</summary>
    public static Task<ClientRun> RunUnprivilegedAsync(string conf, params string[] words) => EndAsync(
        Environment.IsPrivilegedProcess
            ? Start("setpriv", conf, ["--bounding-set=-dac_override,-dac_read_search", Path, .. words])
            : Start(Path, conf, words));

    /// <summary>Starts the client with a value of MEESEEKS_CONF.</summary>
    public static Process Start(string conf, params string[] words) => Start(Path, conf, words);

    /// <summary>Waits for the end of the client.</summary>
    /// <exception cref="TimeoutException">The client did not end within <see cref="Wait.Limit"/>.</exception>
    public static async Task<ClientRun> EndAsync(Process process, string input = "")
    {
        var stop = TestContext.Current.CancellationToken;
        using (process)
        {
            var output = process.StandardOutput.ReadToEndAsync(stop);
            var errors = process.StandardError.ReadToEndAsync(stop);
            try
            {
                await process.StandardInput.WriteAsync(input);
                process.StandardInput.Close();
                await process.WaitForExitAsync(stop).WaitAsync(Wait.Limit, stop);
            }
            finally
            {
                process.Kill();
            }

            var run = new ClientRun(process.ExitCode, await output, await errors);
            TestContext.Current.TestOutputHelper?.WriteLine(run.ToString());
            return run;
        }
    }

    private static string Conf(RunningBox box) => $"address=127.0.0.1 port={box.Port}";

    private static Process Start(string program, string conf, string[] words)
    {
        var info = new ProcessStartInfo(program, words)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        info.Environment["MEESEEKS_CONF"] = conf;
        ProgramsUnderTest.SetRuntime(info);
        return Process.Start(info)!;
    }
}
