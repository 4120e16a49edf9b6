using System.Text.Json;
using System.Text.Json.Nodes;

namespace MeeseeksBox.Client;

/// <summary>A job to be submitted. What is null is left to the box. README.md#jobs describes each key.</summary>
/// <example><code>var job = new NewJob("p1", "sleep", "9") { Retries = 2, Tags = ["night"] };</code></example>
public sealed record NewJob
{
    /// <summary>A job for a pool.</summary>
    /// <param name="pool">The pool.</param>
    /// <param name="args">The program and its arguments.</param>
    public NewJob(string pool, params IReadOnlyList<string> args)
    {
        Pool = pool;
        Args = args;
    }

    /// <summary>The pool that is to run it.</summary>
    public string Pool { get; init; }

    /// <summary>The program and its arguments; no shell is involved.</summary>
    public IReadOnlyList<string> Args { get; init; }

    /// <summary>Your own name for it; null: one is made. The id of a job that is there changes that job.</summary>
    public string? Id { get; init; }

    /// <summary>A node, several, or patterns that end in <c>*</c>: one job on each. Empty: the cluster chooses.</summary>
    public IReadOnlyList<string> Nodes { get; init; } = [];

    /// <summary>The file that it reads.</summary>
    public string? Stdin { get; init; }

    /// <summary>The file that its output is appended to; null: it is kept with the job.</summary>
    public string? Stdout { get; init; }

    /// <summary>The file that its errors are appended to; null: they are kept with the job.</summary>
    public string? Stderr { get; init; }

    /// <summary>The longest it may run.</summary>
    public TimeSpan? Runtime { get; init; }

    /// <summary>True: it is queued and not started.</summary>
    public bool? Hold { get; init; }

    /// <summary>True: it runs again after each success.</summary>
    public bool? Restart { get; init; }

    /// <summary>True: it goes back to the start after success or failure.</summary>
    public bool? Resubmit { get; init; }

    /// <summary>How many more runs it gets after failures.</summary>
    public int? Retries { get; init; }

    /// <summary>Words to find it by.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>What is added to its environment.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>The folder that it works in.</summary>
    public string? Cwd { get; init; }

    /// <summary>Settings for the pool's plugin, an object.</summary>
    public JsonElement? Config { get; init; }

    /// <summary>The job as the wire has it.</summary>
    public JsonObject ToSpec()
    {
        var spec = new JsonObject { ["pool"] = Pool, ["args"] = Texts(Args) };
        Add("id", Id);
        Add("node", Nodes.Count is 1 ? Nodes[0] : Nodes.Count > 1 ? Texts(Nodes) : null);
        Add("stdin", Stdin);
        Add("stdout", Stdout);
        Add("stderr", Stderr);
        Add("runtime", Runtime?.TotalSeconds);
        Add("hold", Hold);
        Add("restart", Restart);
        Add("resubmit", Resubmit);
        Add("retries", Retries);
        Add("tags", Tags.Count > 0 ? Texts(Tags) : null);
        Add("env", Environment.Count > 0 ? new JsonObject(Environment.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))) : null);
        Add("cwd", Cwd);
        Add("config", Config is { } config ? JsonObject.Create(config) : null);
        return spec;

        void Add(string key, JsonNode? value)
        {
            if (value is not null)
            {
                spec[key] = value;
            }
        }
    }

    private static JsonArray Texts(IEnumerable<string> texts) => [.. texts.Select(text => (JsonNode?)text)];
}
