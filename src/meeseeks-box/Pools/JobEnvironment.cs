using System.Collections;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using MeeseeksBox.Agent.Configuration;
using MeeseeksBox.Foundation.Text;
using MeeseeksBox.Protocol;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Runner.Protocol;

namespace MeeseeksBox.Agent.Pools;

/// <summary>Builds the environment of a job's process (docs/SPECIFICATION.md#environment).</summary>
internal static class JobEnvironment
{
    private const string FolderVariable = "PWD";

    private static readonly Dictionary<string, string> OfTheBox = ReadOwn();

    // All others of the box may be secrets, or name things of its user: sockets, sessions, keys.
    private static readonly Dictionary<string, string> ForOthers =
        OfTheBox.Where(variable => IsForOthers(variable.Key)).ToDictionary(StringComparer.Ordinal);

    /// <summary>Combines the environment of the box, or <c>config.env</c> in its place, with the job's <c>env</c>.</summary>
    /// <remarks>The variables that describe the job and its run come last.</remarks>
    /// <param name="job">The job.</param>
    /// <param name="node">The name of this node.</param>
    /// <param name="run">The id of the run.</param>
    /// <param name="folder">The working directory; null for that of the box.</param>
    /// <param name="login">The user of the job; null for that of the box.</param>
    public static Dictionary<string, string> Of(Job job, string node, string run, string? folder, Account? login)
    {
        var replacement = Replacement(job.Spec.Config);
        var variables = replacement ?? new Dictionary<string, string>(login is null ? OfTheBox : ForOthers, StringComparer.Ordinal);
        if (login is not null && replacement is null)
            SetLogin(variables, login);
        if (folder is not null && Path.IsPathRooted(folder) && replacement?.ContainsKey(FolderVariable) is not true)
            variables[FolderVariable] = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        foreach (var (name, value) in job.Spec.Env ?? ImmutableSortedDictionary<string, string>.Empty)
            variables[name] = value;

        variables["MEESEEKS_JOB_ID"] = job.Id;
        variables["MEESEEKS_POOL"] = job.Spec.Pool;
        variables["MEESEEKS_NODE"] = node;
        variables["MEESEEKS_SUBMIT_NODE"] = job.Status.SubmitNode ?? "";
        variables["MEESEEKS_TAGS"] = string.Join(',', job.Spec.Tags);
        variables[RunVariable.Name] = run;
        return variables;
    }

    // The documented switches of the runtime of .NET are for its programs as the locale is for all.
    private static bool IsForOthers(string name) =>
        name is "PATH" or "TZ" or "LANG" or "LANGUAGE" || name.StartsWith("LC_", StringComparison.Ordinal)
        || name.StartsWith("DOTNET_", StringComparison.Ordinal);

    // As login(1) does. Those of the box belong to another user.
    private static void SetLogin(Dictionary<string, string> variables, Account login)
    {
        variables["USER"] = variables["LOGNAME"] = login.Name;
        variables["HOME"] = string.IsNullOrEmpty(login.Home) ? "/" : login.Home;
        variables["SHELL"] = string.IsNullOrEmpty(login.Shell) ? "/bin/sh" : login.Shell;
    }

    // The runtime replaces bytes that are not UTF-8. The system has them as they were at the start.
    private static Dictionary<string, string> ReadOwn()
    {
        var variables = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(
            variable => (string)variable.Key, variable => (string?)variable.Value ?? "", StringComparer.Ordinal);
        var replaced = new HashSet<string>(StringComparer.Ordinal);
        var block = File.ReadAllBytes("/proc/self/environ").AsSpan();
        foreach (var range in block.Split((byte)0))
        {
            var bytes = block[range];
            var equals = bytes.IndexOf((byte)'=');
            if (equals < 1 || Utf8.IsValid(bytes))
                continue;

            // The box may have removed a variable since. Several names may have become one.
            var name = Encoding.UTF8.GetString(bytes[..equals]);
            if (variables.Remove(name) || replaced.Contains(name))
                variables[ByteText.Decode(bytes[..equals])] = ByteText.Decode(bytes[(equals + 1)..]);
            _ = replaced.Add(name);
        }

        return variables;
    }

    private static Dictionary<string, string>? Replacement(JsonElement? config)
    {
        if (config?.TryGetProperty("env", out var env) is not true || env.ValueKind is not JsonValueKind.Object)
            return null;

        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var property in env.EnumerateObject())
            variables[property.Name] = LenientJson.Canonical(property.Value) ?? "";

        return variables;
    }
}
