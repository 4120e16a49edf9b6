namespace MeeseeksBox.Protocol.Requests;

/// <summary>One key of a request object, with its argument (docs/SPECIFICATION.md#request-objects).</summary>
/// <remarks>docs/PROTOCOL.md#requests describes each request.</remarks>
public abstract record Request
{
    /// <summary>What is doubtful in the argument, although the request is carried out; each in one sentence.</summary>
    public virtual IReadOnlyList<string> Warnings => [];
}
