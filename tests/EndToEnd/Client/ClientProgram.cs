using System.Diagnostics;
using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Client;

/// <summary>The client itself: the native program where the variable MEESEEKS_TEST_CLIENT names it, as in CI, or else as it was built.</summary>
public static class ClientProgram
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>The native program; null when none was published for the tests.</summary>
    public static string? Native { get; } = Environment.GetEnvironmentVariable("MEESEEKS_TEST_CLIENT") is { Length: > 0 } path ? System.IO.Path.GetFullPath(path) : null;

    /// <summary>The program that the tests run.</summary>
    public static string Path { get; } = Native ?? System.IO.Path.Combine(BuildOutput.Of("src/meeseeks-client"), "meeseeks-client");

    /// <summary>Calls the client of a box, which finds the box by MEESEEKS_CONF.</summary>
    public static Task<ClientRun> ClientAsync(this RunningBox box, params string[] words) => box.ClientWithInputAsync("", words);

    /// <summary>Calls the client of a box with a standard input.</summary>
    public static Task<ClientRun> ClientWithInputAsync(this RunningBox box, string input, params string[] words) =>
        EndAsync(Start(Path, Conf(box), words), input);

    /// <summary>Calls the client under another name.</summary>
    /// <remarks>
    /// A native program sees the name of a link to it. The program as it was built sees the name of its assembly's file, so that is copied.
    /// </remarks>
    public static async Task<ClientRun> ClientNamedAsync(this RunningBox box, string name, params string[] words)
    {
        using var folder = new TemporaryFolder();
        if (Native is not null)
        {
            File.CreateSymbolicLink(folder.File(name), Native);
            return await EndAsync(Start(folder.File(name), Conf(box), words), "");
        }

        File.Copy($"{Path}.dll", folder.File($"{name}.dll"));
        string[] host = ["exec", "--depsfile", $"{Path}.deps.json", "--runtimeconfig", $"{Path}.runtimeconfig.json", folder.File($"{name}.dll")];
        return await EndAsync(Start("dotnet", Conf(box), [.. host, .. words]), "");
    }

    /// <summary>Calls the client of a box on a terminal (script of util-linux makes one).</summary>
    /// <returns>What the terminal shows.</returns>
    public static async Task<string> ClientOnTerminalAsync(this RunningBox box, params string[] words) =>
        (await EndAsync(Start("script", Conf(box), ["-qec", string.Join(' ', [Path, .. words]), "/dev/null"]))).Output;

    /// <summary>Calls the client with what MEESEEKS_CONF shall hold.</summary>
    public static Task<ClientRun> RunAsync(string conf, params string[] words) => EndAsync(Start(conf, words), "");

    /// <summary>Starts the client of a box.</summary>
    public static Process StartClient(this RunningBox box, params string[] words) => Start(Path, Conf(box), words);

    /// <summary>Calls the client as somebody whom the modes of files concern, as they do not concern root.</summary>
    public static Task<ClientRun> RunUnprivilegedAsync(string conf, params string[] words) => EndAsync(
        Environment.IsPrivilegedProcess ? Start("setpriv", conf, ["--bounding-set=-dac_override,-dac_read_search", Path, .. words]) : Start(Path, conf, words));

    /// <summary>Starts the client with what MEESEEKS_CONF shall hold.</summary>
    public static Process Start(string conf, params string[] words) => Start(Path, conf, words);

    /// <summary>Waits until the client has ended.</summary>
    /// <exception cref="TimeoutException">It did not within 30 s.</exception>
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
                await process.WaitForExitAsync(stop).WaitAsync(Patience, stop);
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
        info.Environment["DOTNET_EnableDiagnostics"] = "0";
        return Process.Start(info)!;
    }
}
