namespace MeeseeksBox.Protocol.Requests;

/// <summary><c>{"query":"id"}</c> or <c>{"job":"id"}</c>: returns one job.</summary>
/// <param name="Id">The id of the job.</param>
public sealed record QueryRequest(string Id) : Request;
