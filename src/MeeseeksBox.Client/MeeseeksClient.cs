using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MeeseeksBox.Client.Connections;
using MeeseeksBox.Client.Following;
using MeeseeksBox.Foundation.Json;
using MeeseeksBox.Protocol.Nodes;

namespace MeeseeksBox.Client;

/// <summary>A client of one box. Thread-safe.</summary>
/// <remarks>
/// <para>
/// Requests are pipelined over one connection; each follower has its own. A lost connection is opened again, with growing pauses.
/// </para>
/// <para>
/// Every method throws <see cref="MeeseeksConnectionException"/> when the box cannot be reached, <see cref="MeeseeksRequestException"/>
/// when the box rejects the request, and <see cref="OperationCanceledException"/> when it is cancelled. docs/PROTOCOL.md#requests
/// describes each request.
/// </para>
/// </remarks>
/// <example><code>
/// await using var client = new MeeseeksClient(new MeeseeksClientOptions { Address = "head1" });
/// var submitted = await client.SubmitAsync(new NewJob("p1", "echo", "hello"));
/// var job = await client.WaitAsync(submitted.Job.Id);
/// Console.WriteLine($"{job?.Status.State}: exit status {job?.Status.Rc}");
/// </code></example>
public sealed partial class MeeseeksClient : IAsyncDisposable
{
    // The largest integer that every JSON parser reads exactly.
    private const long BeyondAnySeq = (1L << 53) - 1;

    private readonly Connector _connector;
    private readonly ReconnectingConnection _connection;
    private readonly JobTracker _tracker;
    private (Connection Connection, bool IsOldPeer)? _probed;

    /// <summary>Creates a client that connects at its first request.</summary>
    /// <param name="options">The options; null: a box on this host at the default port.</param>
    public MeeseeksClient(MeeseeksClientOptions? options = null)
    {
        Options = options ?? new MeeseeksClientOptions();
        _connector = new Connector(Options);
        _connection = new ReconnectingConnection(_connector, Options);
        _tracker = new JobTracker(this);
    }

    /// <summary>The options of the client.</summary>
    public MeeseeksClientOptions Options { get; }

    /// <summary>The name of the box in messages: <c>localhost:13700</c>, or <c>unix:/path</c>.</summary>
    public string Endpoint => _connector.Endpoint;

    /// <summary>Creates a client and connects it.</summary>
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

    /// <summary>Connects now, unless it is connected.</summary>
    /// <example><code>await client.OpenAsync(stop);</code></example>
    public Task OpenAsync(CancellationToken stop = default) => _connection.OpenAsync(stop);

    /// <summary>Sends a line and returns the answer, both unchanged. The line is sent at most once.</summary>
    /// <param name="line">A list of request objects, as JSON.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <example><code>var answer = await client.RequestAsync("""[{"ls":{"state":"running"}}]""");</code></example>
    public async Task<JsonElement> RequestAsync(string line, CancellationToken stop = default)
    {
        if (line.AsSpan().ContainsAny('\n', '\r'))
            throw new ArgumentException("A request is one line.", nameof(line));

        var answer = await _connection.RequestAsync(Encoding.UTF8.GetBytes(line), TimeSpan.Zero, isRepeatable: false, stop);
        try
        {
            return JsonElement.Parse(answer.Span) is var value && JsonTextValidation.IsValid(value)
                ? value
                : throw new MeeseeksRequestException($"the answer of {Endpoint} cannot be read: {JsonTextValidation.Problem}");
        }
        catch (JsonException)
        {
            throw Response.NotFromBox(answer);
        }
    }

    /// <summary>Sends one request object.</summary>
    /// <param name="request">The object; each of its keys is a request.</param>
    /// <param name="isRepeatable">Whether it may be sent again if the connection was lost before the answer arrived.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <returns>The answer, which may contain an error.</returns>
    /// <example><code>
    /// var answer = await client.RequestAsync(new JsonObject { ["nodes"] = new JsonObject(), ["ls"] = new JsonObject() });
    /// Console.WriteLine(answer["ls"]);
    /// </code></example>
    public async Task<Response> RequestAsync(JsonObject request, bool isRepeatable = true, CancellationToken stop = default) =>
        Response.Read(await _connection.RequestAsync(RequestBytes.Of(request), TimeSpan.Zero, isRepeatable, stop));

    /// <summary>Returns the status of all known nodes, by name.</summary>
    /// <example><code>foreach (var (name, node) in await client.NodesAsync()) Console.WriteLine($"{name} {node.Online}");</code></example>
    public async Task<IReadOnlyDictionary<string, NodeStatus>> NodesAsync(CancellationToken stop = default) =>
        (await RequestAsync(new JsonObject { ["nodes"] = new JsonObject() }, stop: stop)).EnsureSuccess().Nodes();

    /// <summary>The free slots of each pool, by node.</summary>
    /// <example><code>var free = (await client.PoolsAsync())["p1"]["node1"].Limit; // null: no limit</code></example>
    public async Task<IReadOnlyDictionary<string, Dictionary<string, SlotCount>>> PoolsAsync(CancellationToken stop = default) =>
        (await RequestAsync(new JsonObject { ["pools"] = new JsonObject() }, stop: stop)).EnsureSuccess().Pools();

    /// <summary>Merges settings into the configuration of the box, and returns the result with masked secrets.</summary>
    /// <param name="changes">The settings; null returns the configuration without a change.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <example><code>
    /// await client.ConfigAsync(new JsonObject { ["pools"] = new JsonObject { ["p1"] = new JsonObject { ["slots"] = 4 } } });
    /// </code></example>
    public async Task<JsonElement> ConfigAsync(JsonObject? changes = null, CancellationToken stop = default)
    {
        var request = new JsonObject { ["config"] = changes?.DeepClone() ?? new JsonObject() };
        return (await RequestAsync(request, stop: stop)).EnsureSuccess().ObjectOf("config");
    }

    /// <summary>Whether the box is a legacy node: its filters have no lists or patterns, and it has no long polls.</summary>
    /// <remarks>Probed once for each connection. A legacy node sends its nodes without <c>nodes_seq</c>.</remarks>
    /// <example><code>var isLegacy = await client.IsLegacyPeerAsync();</code></example>
    public async Task<bool> IsLegacyPeerAsync(CancellationToken stop = default)
    {
        var connection = await _connection.OpenAsync(stop);
        if (_probed is { } probed && probed.Connection == connection)
            return probed.IsOldPeer;

        // meeseeks-box sends the nodes that have changed since a number: none since this one.
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
}
