using System.Text.Json;

namespace MeeseeksBox.Protocol.Requests;

/// <summary><c>{"config":{"pools":{"p1":{"slots":4}}}}</c>: merge this into the configuration, and tell the one in force.</summary>
/// <param name="Changes">What to merge, valid while the request is handled; an empty object changes nothing.</param>
public sealed record ConfigRequest(JsonElement Changes) : Request;
