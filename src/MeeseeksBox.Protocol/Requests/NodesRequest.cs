namespace MeeseeksBox.Protocol.Requests;

/// <summary><c>{"nodes":{}}</c>: the nodes that this node knows of.</summary>
public sealed record NodesRequest : Request;
