using MeeseeksBox.Plugins;

namespace MeeseeksBox.Agent.Pools.Processes;

/// <summary>Connects a command with the files that a job reads from and writes to.</summary>
/// <remarks>
/// A shell opens the files and then becomes the program, so that the box is never in the way of the data. What the shell is told to do is
/// put together from fixed pieces, and takes the names of the files from its arguments: nothing in a name is ever taken for shell text.
/// </remarks>
internal static class Redirection
{
    private const string Shell = "/bin/sh";
    private const string NextArgument = "; shift; ";

    /// <summary>Gives a command the job's files.</summary>
    /// <returns>The command itself when the job names no file.</returns>
    public static Result<Command> Apply(Command command, JobDescription job)
    {
        var input = FullPath(job.Stdin);
        var output = FullPath(job.Stdout);
        var errors = FullPath(job.Stderr);
        var problem = InputFault(input) ?? OutputFault("stdout", output) ?? OutputFault("stderr", errors);
        if (problem is not null)
            return problem;
        if (input is null && output is null && errors is null)
            return command;

        var isShared = output is not null && output == errors;
        var script =
            (input is null ? "" : "exec <\"$1\"" + NextArgument) +
            (output is null ? "" : "exec >>\"$1\"" + NextArgument) +
            (errors is null ? "" : isShared ? "exec 2>&1; " : "exec 2>>\"$1\"" + NextArgument) +
            "exec \"$@\"";
        string?[] files = [input, output, isShared ? null : errors];
        string[] lost = [.. command.Environment.Where(variable => !IsShellName(variable.Key)).Select(variable => $"{variable.Key}={variable.Value}")];
        string[] again = lost is [] ? [] : ["/usr/bin/env", .. lost];
        return command with
        {
            Program = Shell,
            Arguments = ["-c", script, "sh", .. files.OfType<string>(), .. again, command.Program, .. command.Arguments],
        };

        string? FullPath(string? file) => file is null ? null : Path.GetFullPath(file, command.Folder);
    }

    // A shell passes on no variable whose name it could not use itself.
    private static bool IsShellName(string name) =>
        name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_') && !char.IsAsciiDigit(name[0]);

    private static Error? InputFault(string? file)
    {
        if (file is null)
            return null;
        if (Directory.Exists(file))
            return new Error($"cannot read stdin: {file} is a folder");
        if (!File.Exists(file))
            return new Error($"cannot read stdin: there is no file {file}");

        return LibC.Access(file, LibC.Readable) == 0 ? null : new Error($"cannot read stdin: {file} may not be read by this node");
    }

    private static Error? OutputFault(string stream, string? file)
    {
        if (file is null)
            return null;
        if (Directory.Exists(file))
            return new Error($"cannot write {stream}: {file} is a folder");

        var folder = Path.GetDirectoryName(file)!;
        if (!Directory.Exists(folder))
            return new Error($"cannot write {stream} to {file}: there is no folder {folder}");

        if (!File.Exists(file))
            return CreationFault(stream, file);

        return LibC.Access(file, LibC.Writable) == 0 ? null : new Error($"cannot write {stream}: {file} may not be written to by this node");
    }

    // Only the attempt tells, since no permission is an obstacle to root, but a file system may be. A file that is there is not opened:
    // it might be a pipe that nobody reads from, and hold up the box.
    private static Error? CreationFault(string stream, string file)
    {
        try
        {
            File.OpenHandle(file, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite).Dispose();
            return null;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return new Error($"cannot write {stream} to {file}: {refused.Message}");
        }
    }
}
