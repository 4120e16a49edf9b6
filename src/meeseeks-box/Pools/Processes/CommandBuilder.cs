using System.Text.Json;
using MeeseeksBox.Foundation;
using MeeseeksBox.Plugins;

namespace MeeseeksBox.Agent.Pools.Processes;

/// <summary>Builds and checks the command of a job (docs/SPECIFICATION.md#start-failures).</summary>
internal static class CommandBuilder
{
    /// <summary>Builds the command of a job, or the error that prevents its start.</summary>
    public static Result<Command> Of(JobDescription job)
    {
        if (job.Args.Count == 0)
            return new Error("args is empty: there is no program to run");
        if (TextWithNul(job) is { } text)
            return new Error($"{text} holds a NUL character, which no process can be given");

        var folder = Path.GetFullPath(job.WorkingDirectory ?? Environment.CurrentDirectory);
        if (FolderFault(folder) is { } problem)
            return problem;

        IReadOnlyList<string> words = IsForShell(job.Config) ? ["/bin/sh", "-c", string.Join(' ', job.Args)] : job.Args;
        var program = ProgramSearch.Find(words[0], folder, job.Environment.GetValueOrDefault("PATH"));
        return program.IsSuccess
            ? Redirection.Apply(new Command(program.Value, [.. words.Skip(1)], folder, Marked(job)), job)
            : new Error(program.Problem);
    }

    // A kill finds processes by this mark, so it overrides any value in the environment of the job.
    private static Dictionary<string, string> Marked(JobDescription job) =>
        new(job.Environment) { [ProcessEntry.RunVariable] = job.Run };

    private static Error? FolderFault(string folder)
    {
        if (Directory.Exists(folder))
            return LibC.Access(folder, LibC.Executable) == 0 ? null : new Error($"cannot work in {folder}: this node may not enter it");

        return new Error($"cannot work in {folder}: {(File.Exists(folder) ? "it is a file, not a folder" : "there is no such folder")}");
    }

    // The system cuts a text at its first NUL, so another command than the one submitted would run.
    private static string? TextWithNul(JobDescription job)
    {
        if (job.Args.Any(HasNul))
            return "args";
        if (job.Environment.Any(variable => HasNul(variable.Key) || HasNul(variable.Value)))
            return "env";

        (string Name, string? Text)[] paths =
            [("cwd", job.WorkingDirectory), ("stdin", job.Stdin), ("stdout", job.Stdout), ("stderr", job.Stderr)];
        return Array.Find(paths, path => HasNul(path.Text)).Name;
    }

    private static bool HasNul(string? text) => text is not null && text.Contains('\0');

    private static bool IsForShell(JsonElement? config) =>
        config is { ValueKind: JsonValueKind.Object } settings
        && settings.TryGetProperty("shell", out var shell)
        && shell.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.Number => shell.GetDouble() != 0,
            JsonValueKind.String => shell.ValueEquals("1") || shell.ValueEquals("true"),
            _ => false,
        };
}
