using System.ComponentModel;
using System.Diagnostics;
using MeeseeksBox.Agent.Host;

namespace MeeseeksBox.Agent.Pools.Processes;

/// <summary>A process that the box has started. The only type that touches <see cref="Process"/>.</summary>
/// <remarks>
/// It is ended by <see cref="ProcessTree"/>: <see cref="Process.Kill(bool)"/> reads through all processes of the host anew for every process of the
/// tree (33 ms for each of 300 jobs), and finds none that was reparented.
/// </remarks>
internal sealed class ChildProcess : IDisposable
{
    // It comes with a copy of the box's own environment, which takes longer to make than all the rest of it; so each thread keeps one.
    [ThreadStatic]
    private static ProcessStartInfo? _reused;

    private readonly Process _process;

    // Here, so that no process can ever be started before it.
    static ChildProcess() => Signals.RestoreSigPipeForChildren();

    private ChildProcess(Process process) => _process = process;

    /// <summary>Its number.</summary>
    public int Pid => _process.Id;

    /// <summary>What it prints. Whoever reads it closes it.</summary>
    public Stream Output => _process.StandardOutput.BaseStream;

    /// <summary>What it prints on standard error. Whoever reads it closes it.</summary>
    public Stream Errors => _process.StandardError.BaseStream;

    /// <summary>True when it has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Its exit status; 128 + N when signal N ended it. Only after its end.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>Starts a process with empty input.</summary>
    public static Result<ChildProcess> Start(Command command)
    {
        if (FileHandles.AreShortForJobs())
            return new Error($"cannot start {command.Program}: Too many open files: of the {FileHandles.Limit} that the box may have, the last are kept for itself");

        // All three streams are redirected even where a shell then opens files in their place: no job ever holds the box's own streams,
        // and when a file cannot be opened after all, the shell's complaint reaches the job.
        var info = _reused ??= new ProcessStartInfo { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            Describe(command, info);
#pragma warning disable RS0030 // This is the one place where processes are started.
            var process = Process.Start(info)!;
#pragma warning restore RS0030
            process.StandardInput.Close();
            return new ChildProcess(process);
        }
        catch (Win32Exception refused)
        {
            // Its own message tells of .NET; the system's text for the code is what people know.
            return new Error($"cannot start {command.Program}: {new Win32Exception(refused.NativeErrorCode).Message}");
        }
    }

    /// <summary>Ends when the process has ended, whoever still holds its streams.</summary>
    public Task WaitForExitAsync(CancellationToken giveUp) => _process.WaitForExitAsync(giveUp);

    /// <summary>Lets go of it; it runs on if it still does.</summary>
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
