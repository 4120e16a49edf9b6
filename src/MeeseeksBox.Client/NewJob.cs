using System.Text.Json;
using System.Text.Json.Nodes;

namespace MeeseeksBox.Client;

/// <summary>A job to submit. A null property takes the default of the box. README.md#jobs describes each key.</summary>
/// <example><code>var job = new NewJob("p1", "sleep", "9") { Retries = 2, Tags = ["night"] };</code></example>
public sealed record NewJob
{
    /// <summary>Creates a job for a pool.</summary>
    /// <param name="pool">The name of the pool.</param>
    /// <param name="args">The program and its arguments.</param>
    public NewJob(string pool, params IReadOnlyList<string> args)
    {
        Pool = pool;
        Args = args;
    }

    /// <summary>The pool that runs it.</summary>
    public string Pool { get; init; }

    /// <summary>The program and its arguments; no shell is involved.</summary>
    public IReadOnlyList<string> Args { get; init; }

    /// <summary>The id; null: a generated one. The id of an existing job changes that job.</summary>
    public string? Id { get; init; }

    /// <summary>Names of nodes, or prefixes that end in <c>*</c>: one job on each. Empty: the cluster chooses.</summary>
    public IReadOnlyList<string> Nodes { get; init; } = [];

    /// <summary>The file for its standard input; null: empty input.</summary>
    public string? Stdin { get; init; }

    /// <summary>The file that its standard output is appended to; null: the output is kept with the job.</summary>
    public string? Stdout { get; init; }

    /// <summary>The file that its standard error is appended to; null: the output is kept with the job.</summary>
    public string? Stderr { get; init; }

    /// <summary>The time limit of a run.</summary>
    public TimeSpan? Runtime { get; init; }

    /// <summary>The largest memory of all its processes together, in bytes.</summary>
    public long? Memory { get; init; }

    /// <summary>The number of processors that it may use; fractions count.</summary>
    public double? Cpus { get; init; }

    /// <summary>True: it is queued but not started.</summary>
    public bool? Hold { get; init; }

    /// <summary>True: it runs again after each success.</summary>
    public bool? Restart { get; init; }

    /// <summary>True: after success or failure it is queued and placed again.</summary>
    public bool? Resubmit { get; init; }

    /// <summary>The number of further runs after failures.</summary>
    public int? Retries { get; init; }

    /// <summary>Tags, by which filters find the job.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Variables that are added to its environment.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Its working directory.</summary>
    public string? Cwd { get; init; }

    /// <summary>Settings for the plugin of the pool, an object.</summary>
    public JsonElement? Config { get; init; }

    /// <summary>The job in wire form.</summary>
    internal JsonObject ToSpec()
    {
        var spec = new JsonObject { ["pool"] = Pool, ["args"] = Texts(Args) };
        Add("id", Id);
        Add("node", Nodes.Count is 1 ? Nodes[0] : Nodes.Count > 1 ? Texts(Nodes) : null);
        Add("stdin", Stdin);
        Add("stdout", Stdout);
        Add("stderr", Stderr);
        Add("runtime", Runtime?.TotalSeconds);
        Add("memory", Memory);
        Add("cpus", Cpus);
        Add("hold", Hold);
        Add("restart", Restart);
        Add("resubmit", Resubmit);
        Add("retries", Retries);
        Add("tags", Tags.Count > 0 ? Texts(Tags) : null);
        var variables = Environment.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value));
        Add("env", Environment.Count > 0 ? new JsonObject(variables) : null);
        Add("cwd", Cwd);
        Add("config", Config is { } config ? JsonObject.Create(config) : null);
        return spec;

        void Add(string key, JsonNode? value)
        {
            if (value is not null)
                spec[key] = value;
        }
    }

    private static JsonArray Texts(IEnumerable<string> texts) => [.. texts.Select(text => (JsonNode?)text)];
}
