namespace MeeseeksBox.Protocol.Requests;

/// <summary><c>{"query":"id"}</c> or <c>{"job":"id"}</c>: one job.</summary>
/// <param name="Id">Its id.</param>
public sealed record QueryRequest(string Id) : Request;
