namespace MeeseeksBox.Protocol.Requests;

/// <summary>
/// One request: one key of a request object, with its argument (docs/SPECIFICATION.md#request-objects). docs/PROTOCOL.md#requests describes
/// each.
/// </summary>
public abstract record Request;
