using System.Collections;
using System.Text.Json;
using MeeseeksBox.Plugins;
using MeeseeksBox.Testing;

namespace MeeseeksBox.Agent.Tests.Pools;

/// <summary>Values for tests.</summary>
internal static class Some
{
    private static readonly Dictionary<string, string> OwnEnvironment = Environment.GetEnvironmentVariables()
        .Cast<DictionaryEntry>()
        .ToDictionary(variable => (string)variable.Key, variable => (string)variable.Value!);

    /// <summary>A job with these <c>args</c> and a unique run id.</summary>
    public static JobDescription Job(params string[] args) => new()
    {
        Id = "job-1",
        Run = $"{Guid.NewGuid():N}.1",
        Pool = "p1",
        Node = "n1",
        Args = args,
        Environment = OwnEnvironment,
        OutputLimit = 1024 * 1024,
        KillGrace = TimeSpan.Zero,
    };

    /// <summary>A job that runs the test program.</summary>
    public static JobDescription TestProgramJob(params string[] words) => Job([TestProgram.Path, .. words]);

    /// <summary>The environment of the tests with one more variable.</summary>
    public static Dictionary<string, string> EnvironmentWith(string name, string value) => new(OwnEnvironment) { [name] = value };

    /// <summary>A job's <c>config</c>.</summary>
    public static JsonElement Config(string json) => JsonElement.Parse(json);
}
