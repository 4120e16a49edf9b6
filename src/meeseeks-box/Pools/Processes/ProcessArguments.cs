using System.Text.Json;
using MeeseeksBox.Foundation;
using MeeseeksBox.Foundation.Json;
using MeeseeksBox.Plugins;

namespace MeeseeksBox.Agent.Pools.Processes;

/// <summary>Builds the arguments of the process of a job.</summary>
internal static class ProcessArguments
{
    /// <summary>The arguments of a job, or the error that prevents its start.</summary>
    public static Result<string[]> Of(JobDescription job)
    {
        if (job.Args.Count == 0)
            return new Error("args is empty: there is no program to run");
        if (TextWithNul(job) is { } text)
            return new Error($"{text} holds a NUL character, which no process can be given");

        string[] words = IsForShell(job.Config) ? ["/bin/sh", "-c", string.Join(' ', job.Args)] : [.. job.Args];
        return words;
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
            JsonValueKind.String => LosslessJson.Of(shell) is "1" or "true",
            _ => false,
        };
}
