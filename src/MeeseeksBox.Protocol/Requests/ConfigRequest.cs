using System.Text.Json;

namespace MeeseeksBox.Protocol.Requests;

/// <summary><c>{"config":{"pools":{"p1":{"slots":4}}}}</c>: merges settings into the configuration and returns it.</summary>
/// <param name="Changes">The settings, valid while the request is handled; an empty object changes nothing.</param>
public sealed record ConfigRequest(JsonElement Changes) : Request;
