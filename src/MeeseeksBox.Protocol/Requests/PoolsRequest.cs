namespace MeeseeksBox.Protocol.Requests;

/// <summary><c>{"pools":{}}</c>: returns the free slots of the pools, by node.</summary>
public sealed record PoolsRequest : Request;
