using System.ComponentModel;
using System.Diagnostics;
using MeeseeksBox.Agent.Host;
using MeeseeksBox.Foundation;

namespace MeeseeksBox.Agent.Pools.Processes;

/// <summary>A process that the box has started. The only type that uses <see cref="Process"/>.</summary>
/// <remarks>
/// <see cref="ProcessTree"/> kills it. <see cref="Process.Kill(bool)"/> would read all processes of the host again for every process of
/// the tree (33 ms for each of 300 jobs), and would miss processes that were reparented.
/// </remarks>
internal sealed class ChildProcess : IDisposable
{
    // Each thread keeps one, because the constructor copies the environment of the box, which costs more than all the rest.
    [ThreadStatic]
    private static ProcessStartInfo? _reused;

    private readonly Process _process;

    // In the static constructor, so that it runs before the first process starts.
    static ChildProcess() => Signals.RestoreSigPipeForChildren();

    private ChildProcess(Process process) => _process = process;

    /// <summary>The process id.</summary>
    public int Pid => _process.Id;

    /// <summary>Standard output; the reader closes it.</summary>
    public Stream Output => _process.StandardOutput.BaseStream;

    /// <summary>Standard error; the reader closes it.</summary>
    public Stream Errors => _process.StandardError.BaseStream;

    /// <summary>True after the end of the process.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>The exit status, valid after the end; 128 + N when signal N ended the process.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>Starts a process with an empty standard input.</summary>
    public static Result<ChildProcess> Start(Command command)
    {
        if (FileHandles.AreShortForJobs())
        {
            return new Error(
                $"cannot start {command.Program}: Too many open files: "
                + $"the limit is {FileHandles.Limit}, and the last of them are reserved for the box");
        }

        // All three streams are redirected even where a shell then opens files in their place. So no job holds the box's own streams,
        // and the error of the shell reaches the job when a file cannot be opened after all.
        var info = _reused ??= new ProcessStartInfo
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            Describe(command, info);
#pragma warning disable RS0030 // The only place that starts processes.
            var process = Process.Start(info)!;
#pragma warning restore RS0030
            process.StandardInput.Close();
            return new ChildProcess(process);
        }
        catch (Win32Exception refused)
        {
            // The text of the system for the error code is better known than the message of .NET.
            return new Error($"cannot start {command.Program}: {new Win32Exception(refused.NativeErrorCode).Message}");
        }
    }

    /// <summary>Completes at the end of the process, even if other processes still hold its streams.</summary>
    public Task WaitForExitAsync(CancellationToken giveUp) => _process.WaitForExitAsync(giveUp);

    /// <summary>Releases the handles; a running process goes on.</summary>
    public void Dispose() => _process.Dispose();

    private static void Describe(Command command, ProcessStartInfo info)
    {
        info.FileName = command.Program;
        info.WorkingDirectory = command.Folder;
        info.ArgumentList.Clear();
        foreach (var argument in command.Arguments)
            info.ArgumentList.Add(argument);

        info.Environment.Clear();
        foreach (var (name, value) in command.Environment)
            info.Environment[name] = value;
    }
}
