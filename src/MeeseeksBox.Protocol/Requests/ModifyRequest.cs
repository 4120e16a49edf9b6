using System.Text.Json;

namespace MeeseeksBox.Protocol.Requests;

/// <summary><c>{"modify":{"id":{"state":"done"}}}</c>: sets attributes without checking the rules, for manual repair.</summary>
/// <param name="Changes">The attributes to set, by the id of the job.</param>
public sealed record ModifyRequest(IReadOnlyList<KeyValuePair<string, JsonElement>> Changes) : Request;
