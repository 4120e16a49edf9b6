using System.Diagnostics;
using MeeseeksBox.Agent.Outputs;
using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.Runner;
using MeeseeksBox.Runner.Accounts;
using MeeseeksBox.Runner.Output;
using MeeseeksBox.Runner.Unix;

namespace MeeseeksBox.Agent.Pools.Processes;

/// <summary>Starts runners. The only type that starts a program.</summary>
/// <param name="program">Full path of the program of the runner.</param>
/// <param name="runsFolder">The folder in which each runner gets a folder of its own.</param>
internal sealed class RunnerLauncher(string program, RunsFolder runsFolder)
{
    /// <summary>Time limit for the answer of a runner.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    /// <summary>The name of the program.</summary>
    public const string Name = "meeseeks-runner";

    /// <summary>Starts a runner, and connects to it.</summary>
    /// <param name="account">As which it runs, with all of its jobs.</param>
    /// <exception cref="IOException">It cannot be started; the message says why.</exception>
    public async Task<(Process Process, RunnerConnection Connection)> LaunchAsync(Credentials account)
    {
        var owner = RunnerOwner.Of(account);
        var folder = runsFolder.MakeForRunner(owner.Suffix);
        Process? process = null;
        try
        {
            if (!owner.IsBox)
                _ = SystemCall.Check(LibC.SetOwner(folder, account.User, account.Group), folder);
            process = StartProgram(folder, account);
            await ListensAsync(process);
            return (process, RunnerConnection.Open(folder, owner, process.Id, runsFolder.IsKept));
        }
        catch
        {
            process?.Kill();
            process?.Dispose();
            SpoolFolder.Delete(folder);
            throw;
        }
    }

    private Process StartProgram(string folder, Credentials account)
    {
        var info = new ProcessStartInfo(program, [RunnerProgram.AccountOption, account.ToString(), folder])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
#pragma warning disable RS0030 // The only place that starts a program.
        return Process.Start(info)!;
#pragma warning restore RS0030
    }

    private static async Task ListensAsync(Process process)
    {
        try
        {
            if (await process.StandardOutput.ReadLineAsync().WaitAsync(Timeout, TimeProvider.System) == RunnerProgram.Ready)
                return;
        }
        catch (TimeoutException)
        {
            throw new IOException($"{Name} cannot be started: it does not answer");
        }

        var problem = await process.StandardError.ReadToEndAsync();
        throw new IOException($"{Name} cannot be started: {(problem.Length > 0 ? problem.Trim() : "it has ended at once")}");
    }
}
