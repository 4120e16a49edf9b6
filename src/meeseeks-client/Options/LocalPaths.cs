using System.Text.Json;
using System.Text.Json.Nodes;

namespace MeeseeksBox.CommandLine.Options;

/// <summary>Completes the paths of a job that are meant on this host (docs/SPECIFICATION.md#paths-of-words).</summary>
/// <remarks>A shell expands <c>~</c> neither after <c>=</c> nor in quotes, and the folder of the box is not that of the caller.</remarks>
internal static class LocalPaths
{
    private const string Folder = "cwd";

    private static readonly string[] Files = ["stdin", "stdout", "stderr"];

    /// <summary>Makes the folder of a job a full path, and expands <c>~</c> in its files.</summary>
    /// <param name="spec">The job, which is changed.</param>
    /// <exception cref="UsageException">A path cannot be completed.</exception>
    public static void Complete(JsonObject spec)
    {
        foreach (var section in new[] { spec, spec["config"] as JsonObject }.OfType<JsonObject>())
        {
            if (TextOf(section, Folder) is { Length: > 0 } folder)
                section[Folder] = FullPath(WithHome(Folder, folder));
        }

        foreach (var key in Files)
        {
            if (TextOf(spec, key) is { } file)
                spec[key] = WithHome(key, file);
        }
    }

    /// <summary>Finds paths that the box takes in its own folder, because the job has none.</summary>
    /// <returns>A warning for each.</returns>
    public static IEnumerable<string> Relative(JsonObject spec)
    {
        if (TextOf(spec, Folder) is not null || (spec["config"] is JsonObject config && TextOf(config, Folder) is not null))
            yield break;

        foreach (var key in Files)
        {
            if (TextOf(spec, key) is { Length: > 0 } file && !Path.IsPathRooted(file))
                yield return $"{key}: '{file}' is relative to the folder of the box; with cwd=. it is relative to this folder";
        }

        if (spec["args"] is JsonArray { Count: > 0 } args && args[0]?.GetValue<string>() is { } program
            && program.Contains('/') && !Path.IsPathRooted(program))
        {
            yield return $"args: '{program}' is relative to the folder of the box; with cwd=. it is relative to this folder";
        }
    }

    private static string? TextOf(JsonObject section, string key) =>
        section[key] is JsonValue value && value.GetValueKind() is JsonValueKind.String ? value.GetValue<string>() : null;

    private static string WithHome(string key, string path)
    {
        if (!path.StartsWith('~'))
            return path;

        if (path.Length > 1 && path[1] is not '/')
        {
            return key is Folder
                ? throw new UsageException($"{key}: '{path}': only ~ and ~/ are expanded; write the home of another user as a full path")
                : path;
        }

        return Environment.GetEnvironmentVariable("HOME") is { Length: > 0 } home
            ? home + path[1..]
            : throw new UsageException($"{key}: '{path}' cannot be expanded: HOME is not set; write the full path");
    }

    private static string FullPath(string path)
    {
        try
        {
            return Path.GetFullPath(path);
        }
        catch (Exception problem) when (problem is IOException or ArgumentException)
        {
            throw new UsageException($"{Folder}: '{path}' cannot be completed: the current folder is gone; write a full path");
        }
    }
}
