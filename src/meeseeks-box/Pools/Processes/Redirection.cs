using MeeseeksBox.Foundation;
using MeeseeksBox.Plugins;

namespace MeeseeksBox.Agent.Pools.Processes;

/// <summary>Redirects the streams of a command to the files of its job.</summary>
/// <remarks>
/// A shell opens the files and then executes the program in its place, so that no data passes through the box. The script consists of
/// fixed parts and takes file names from its arguments, so that no part of a name is interpreted by the shell.
/// </remarks>
internal static class Redirection
{
    private const string Shell = "/bin/sh";
    private const string NextArgument = "; shift; ";

    /// <summary>Wraps a command in a shell that opens the files of the job.</summary>
    /// <returns>The unchanged command when the job has no files.</returns>
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
        string[] lost =
        [
            .. command.Environment
                .Where(variable => !IsShellName(variable.Key))
                .Select(variable => $"{variable.Key}={variable.Value}"),
        ];
        string[] again = lost is [] ? [] : ["/usr/bin/env", .. lost];
        return command with
        {
            Program = Shell,
            Arguments = ["-c", script, "sh", .. files.OfType<string>(), .. again, command.Program, .. command.Arguments],
        };

        string? FullPath(string? file) => file is null ? null : Path.GetFullPath(file, command.Folder);
    }

    // A shell drops variables whose names are not valid in the shell.
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

        return LibC.Access(file, LibC.Writable) == 0
            ? null
            : new Error($"cannot write {stream}: {file} may not be written to by this node");
    }

    // Creates the file, because permissions do not restrict root but a file system may. An existing file is not opened: it might be a
    // pipe without a reader, which would block the box.
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
