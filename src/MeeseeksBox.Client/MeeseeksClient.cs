using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MeeseeksBox.Client.Connections;
using MeeseeksBox.Client.Following;
using MeeseeksBox.Protocol;
using MeeseeksBox.Protocol.Nodes;

namespace MeeseeksBox.Client;

/// <summary>
/// A client of one box. It may be used by many at once: requests share a connection and go off without waiting for each other's answers;
/// each that waits for news has a connection of its own. A lost connection is made again, with growing pauses.
/// </summary>
/// <remarks>
/// Every method throws <see cref="MeeseeksConnectionException"/> when the box cannot be reached, <see cref="MeeseeksRequestException"/> when
/// it refuses, and <see cref="OperationCanceledException"/> when it is cancelled. docs/PROTOCOL.md#requests describes each request.
/// </remarks>
/// <example><code>
/// await using var client = new MeeseeksClient(new MeeseeksClientOptions { Address = "head1" });
/// var submitted = await client.SubmitAsync(new NewJob("p1", "echo", "hello"));
/// var job = await client.WaitAsync(submitted.Job.Id);
/// Console.WriteLine($"{job?.State}: exit status {job?.Rc}");
/// </code></example>
public sealed partial class MeeseeksClient : IAsyncDisposable
{
    // The largest number that every reader of JSON takes as it is.
    private const long BeyondAnySeq = (1L << 53) - 1;

    private readonly Connector _connector;
    private readonly ReconnectingConnection _connection;
    private readonly JobTracker _tracker;
    private (Connection Connection, bool IsOldPeer)? _probed;

    /// <summary>A client that connects at its first request.</summary>
    /// <param name="options">Where the box is; null: on this host, at the usual port.</param>
    public MeeseeksClient(MeeseeksClientOptions? options = null)
    {
        Options = options ?? new MeeseeksClientOptions();
        _connector = new Connector(Options);
        _connection = new ReconnectingConnection(_connector, Options);
        _tracker = new JobTracker(this);
    }

    /// <summary>The options that it was made with.</summary>
    public MeeseeksClientOptions Options { get; }

    /// <summary>How the box is called in messages: <c>localhost:13700</c>, or <c>unix:/path</c>.</summary>
    public string Endpoint => _connector.Endpoint;

    /// <summary>A client that has connected.</summary>
    /// <example><code>await using var client = await MeeseeksClient.ConnectAsync(new() { Address = "head1" }, stop);</code></example>
    public static async Task<MeeseeksClient> ConnectAsync(MeeseeksClientOptions? options = null, CancellationToken stop = default)
    {
        var client = new MeeseeksClient(options);
        try
        {
            await client.OpenAsync(stop);
            return client;
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }
    }

    /// <summary>Connects now rather than at the next request. It does nothing while there is a connection.</summary>
    /// <example><code>await client.OpenAsync(stop);</code></example>
    public Task OpenAsync(CancellationToken stop = default) => _connection.OpenAsync(stop);

    /// <summary>Sends a line as it stands, and answers the answer as it stands. It is sent once: whether it may be sent again, only you know.</summary>
    /// <param name="line">A list of request objects.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <example><code>var answer = await client.RequestAsync("""[{"ls":{"state":"running"}}]""");</code></example>
    public async Task<JsonElement> RequestAsync(string line, CancellationToken stop = default)
    {
        if (line.AsSpan().ContainsAny('\n', '\r'))
        {
            throw new ArgumentException("A request is one line.", nameof(line));
        }

        var answer = await _connection.RequestAsync(Encoding.UTF8.GetBytes(line), TimeSpan.Zero, isRepeatable: false, stop);
        try
        {
            return JsonElement.Parse(answer.Span);
        }
        catch (JsonException problem)
        {
            throw new MeeseeksRequestException($"the answer of {Endpoint} is not JSON: {problem.Message}");
        }
    }

    /// <summary>Sends one request object.</summary>
    /// <param name="request">The object; each of its keys is a request.</param>
    /// <param name="isRepeatable">Whether it does no harm to send it again when the connection was lost before the answer came.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <returns>The answer, which may hold an error.</returns>
    /// <example><code>
    /// var answer = await client.RequestAsync(new JsonObject { ["nodes"] = new JsonObject(), ["ls"] = new JsonObject() });
    /// Console.WriteLine(answer["ls"]);
    /// </code></example>
    public async Task<Response> RequestAsync(JsonObject request, bool isRepeatable = true, CancellationToken stop = default) =>
        Response.Read(await _connection.RequestAsync(RequestBytes.Of(request), TimeSpan.Zero, isRepeatable, stop));

    /// <summary>The nodes that the box knows of.</summary>
    /// <example><code>foreach (var (name, node) in await client.NodesAsync()) Console.WriteLine($"{name} {node.Online}");</code></example>
    public Task<IReadOnlyDictionary<string, NodeStatus>> NodesAsync(CancellationToken stop = default) =>
        ReadAsync<IReadOnlyDictionary<string, NodeStatus>>("nodes", value => value.Deserialize(WireContext.Default.DictionaryStringNodeStatus)!, stop);

    /// <summary>The free slots of each pool, by node.</summary>
    /// <example><code>var free = (await client.PoolsAsync())["p1"]["node1"].Limit; // null: no limit</code></example>
    public Task<IReadOnlyDictionary<string, Dictionary<string, SlotCount>>> PoolsAsync(CancellationToken stop = default) =>
        ReadAsync<IReadOnlyDictionary<string, Dictionary<string, SlotCount>>>(
            "pools", value => value.Deserialize(WireContext.Default.DictionaryStringDictionaryStringSlotCount)!, stop);

    /// <summary>Merges settings into the configuration of the box that it is connected to, and answers the one in force, with its secrets masked.</summary>
    /// <param name="changes">The settings; null only asks.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <example><code>await client.ConfigAsync(new JsonObject { ["pools"] = new JsonObject { ["p1"] = new JsonObject { ["slots"] = 4 } } });</code></example>
    public async Task<JsonElement> ConfigAsync(JsonObject? changes = null, CancellationToken stop = default) =>
        (await RequestAsync(new JsonObject { ["config"] = changes?.DeepClone() ?? new JsonObject() }, stop: stop)).EnsureSuccess()["config"];

    /// <summary>Whether the box is of the original implementation: it takes filters without lists and patterns, and cannot wait.</summary>
    /// <remarks>Asked once for each connection. An original sends its nodes without <c>nodes_seq</c>.</remarks>
    /// <example><code>var isOld = await client.IsOldPeerAsync();</code></example>
    public async Task<bool> IsLegacyPeerAsync(CancellationToken stop = default)
    {
        var connection = await _connection.OpenAsync(stop);
        if (_probed is { } probed && probed.Connection == connection)
        {
            return probed.IsOldPeer;
        }

        // A box of ours sends the nodes that have changed since a number: none since this one.
        var request = new JsonObject { ["nodes"] = new JsonObject { ["seq"] = BeyondAnySeq } };
        var isOldPeer = (await RequestAsync(request, stop: stop)).EnsureSuccess().Find("nodes_seq") is null;
        _probed = (connection, isOldPeer);
        return isOldPeer;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _tracker.DisposeAsync();
        await _connection.DisposeAsync();
    }

    private async Task<T> ReadAsync<T>(string request, Func<JsonElement, T> read, CancellationToken stop)
    {
        var response = (await RequestAsync(new JsonObject { [request] = new JsonObject() }, stop: stop)).EnsureSuccess();
        try
        {
            return read(response[request]);
        }
        catch (JsonException problem)
        {
            throw new MeeseeksRequestException($"{request}: the answer of {Endpoint} cannot be read: {problem.Message}");
        }
    }
}
