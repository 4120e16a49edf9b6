namespace MeeseeksBox.Protocol.Requests;

/// <summary><c>{"status":{}}</c>: returns the known nodes and pools.</summary>
public sealed record StatusRequest : Request;
