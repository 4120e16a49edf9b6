using System.Collections.Frozen;
using System.Text.Json;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Signals;

namespace MeeseeksBox.Protocol.Requests;

/// <summary>One element of a request line: the requests in one object, in order.</summary>
/// <param name="Requests">The requests by key.</param>
/// <param name="Options">The options for the answer.</param>
public sealed record RequestObject(IReadOnlyList<KeyValuePair<string, Request>> Requests, RequestOptions Options)
{
    private delegate Request? Reader(JsonElement argument, out string? problem);

    private static readonly FrozenDictionary<string, Reader> Readers = new Dictionary<string, Reader>
    {
        ["status"] = static (argument, out problem) => Any(new StatusRequest(), out problem),
        ["nodes"] = static (argument, out problem) => Any(new NodesRequest(NodesRequest.SeqIn(argument)), out problem),
        ["pools"] = static (argument, out problem) => Any(new PoolsRequest(), out problem),
        ["submit"] = ReadSubmit,
        ["query"] = ReadQuery,
        ["job"] = ReadQuery,
        ["get"] = static (argument, out problem) => JobFilter.Read(argument, out problem) is { } filter ? new GetRequest(filter) : null,
        ["ls"] = static (argument, out problem) => JobFilter.Read(argument, out problem) is { } filter ? new LsRequest(filter) : null,
        ["kill"] = ReadKill,
        ["suspend"] = static (argument, out problem) => ReadSuspend(argument, isSuspended: true, out problem),
        ["resume"] = static (argument, out problem) => ReadSuspend(argument, isSuspended: false, out problem),
        ["modify"] = ReadModify,
        ["config"] = ReadConfig,
        ["sync"] = ReadSync,
        ["tail"] = TailRequest.Read,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Reads an element.</summary>
    /// <remarks>All arguments are checked before any request is executed, so that an invalid one has no partial effect.</remarks>
    /// <param name="element">The element.</param>
    /// <param name="problem">The error for the answer to the element; null on success.</param>
    /// <returns>The requests; null on an error.</returns>
    public static RequestObject? Read(JsonElement element, out string? problem)
    {
        if (element.ValueKind is not JsonValueKind.Object)
        {
            problem = $"{LenientJson.Show(element)} is not a request; it must be an object like {{\"status\":{{}}}}";
            return null;
        }

        problem = null;
        var requests = new List<KeyValuePair<string, Request>>(2);
        foreach (var property in element.EnumerateObject())
        {
            var name = property.Name;
            if (Readers.TryGetValue(name, out var reader))
            {
                if (IsIn(requests, name))
                {
                    // The answer has room for only one of them.
                    problem = $"{name}: duplicate key in one object; give each request an object of its own";
                    return null;
                }

                if (reader(property.Value, out problem) is not { } request)
                {
                    problem = $"{name}: {problem}";
                    return null;
                }

                // Also null and an empty text are errors: a script whose variable is empty must not end its jobs.
                if (request is KillRequest kill && element.TryGetProperty(KillRequest.SignalKey, out var word))
                {
                    if (Signal.Read(word, out problem) is not { } signal)
                    {
                        problem = $"{KillRequest.SignalKey}: {problem}";
                        return null;
                    }

                    request = kill with { Signal = signal };
                }

                requests.Add(new(name, request));
            }
        }

        if (RequestOptions.Read(element, out problem) is not { } options)
            return null;

        return new RequestObject(requests, options);
    }

    private static bool IsIn(List<KeyValuePair<string, Request>> requests, string name)
    {
        foreach (var request in requests)
        {
            if (request.Key == name)
                return true;
        }

        return false;
    }

    private static Request Any(Request request, out string? problem)
    {
        problem = null;
        return request;
    }

    private static SubmitRequest? ReadSubmit(JsonElement argument, out string? problem)
    {
        problem = argument.ValueKind is JsonValueKind.Object
            ? null
            : $"{LenientJson.Show(argument)} is not a job spec; it must be an object like {{\"pool\":\"p1\",\"args\":[\"/bin/true\"]}}";
        return problem is null ? new SubmitRequest(SubmitArgument.Read(argument)) : null;
    }

    private static QueryRequest? ReadQuery(JsonElement argument, out string? problem)
    {
        problem = LenientJson.TryString(argument, out var id) ? null : $"{LenientJson.Show(argument)} is not the id of a job";
        return problem is null ? new QueryRequest(id) : null;
    }

    private static KillRequest? ReadKill(JsonElement argument, out string? problem)
    {
        var id = LenientJson.TryString(argument, out var text) ? text : null;
        return JobFilter.Read(argument, out problem) is { } filter ? new KillRequest(id, filter) : null;
    }

    private static SuspendRequest? ReadSuspend(JsonElement argument, bool isSuspended, out string? problem)
    {
        var id = LenientJson.TryString(argument, out var text) ? text : null;
        return JobFilter.Read(argument, out problem) is { } filter ? new SuspendRequest(isSuspended, id, filter) : null;
    }

    private static ModifyRequest? ReadModify(JsonElement argument, out string? problem)
    {
        problem = argument.ValueKind is JsonValueKind.Object
            && argument.EnumerateObject().All(job => job.Value.ValueKind is JsonValueKind.Object)
            ? null
            : $"{LenientJson.Show(argument)} is not an object of jobs like {{\"id\":{{\"state\":\"done\"}}}}";
        return problem is null
            ? new ModifyRequest([.. argument.EnumerateObject().Select(job => KeyValuePair.Create(job.Name, job.Value))])
            : null;
    }

    private static ConfigRequest? ReadConfig(JsonElement argument, out string? problem)
    {
        problem = argument.ValueKind is JsonValueKind.Object ? null : $"{LenientJson.Show(argument)} is not an object of settings";
        return problem is null ? new ConfigRequest(argument) : null;
    }

    private static SyncRequest? ReadSync(JsonElement argument, out string? problem)
    {
        if (argument.ValueKind is not JsonValueKind.Object)
        {
            problem = $"{LenientJson.Show(argument)} is not an object of jobs";
            return null;
        }

        problem = null;
        var jobs = new List<Job>();
        var problems = new List<string>();
        foreach (var property in argument.EnumerateObject())
        {
            if (JobAttributes.TryRead(property.Value, property.Name, out var job, out var wrong))
            {
                jobs.Add(job);
            }
            else
            {
                problems.Add($"{property.Name}: {wrong}");
            }
        }

        return new SyncRequest(jobs, problems);
    }
}
