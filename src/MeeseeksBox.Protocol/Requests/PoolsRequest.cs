namespace MeeseeksBox.Protocol.Requests;

/// <summary><c>{"pools":{}}</c>: the pools and their free slots, by node.</summary>
public sealed record PoolsRequest : Request;
