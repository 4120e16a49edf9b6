using System.Text.Json;

namespace MeeseeksBox.Protocol.Requests;

/// <summary><c>{"modify":{"id":{"state":"done"}}}</c>: set attributes without any check, for repair by hand.</summary>
/// <param name="Changes">What to set, by job; each value is an object of attributes.</param>
public sealed record ModifyRequest(IReadOnlyList<KeyValuePair<string, JsonElement>> Changes) : Request;
