namespace MeeseeksBox.Protocol.Requests;

/// <summary><c>{"status":{}}</c>: the nodes and the pools that this node knows of.</summary>
public sealed record StatusRequest : Request;
