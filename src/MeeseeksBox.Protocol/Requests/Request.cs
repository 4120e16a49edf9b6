namespace MeeseeksBox.Protocol.Requests;

/// <summary>One request: one key of a request object, with its argument (SPEC.md §2, the table). docs/PROTOCOL.md tells of each.</summary>
public abstract record Request;
