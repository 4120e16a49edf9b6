namespace MeeseeksBox.Agent.Requests;

/// <summary>What is known of the client at the other end of a connection.</summary>
internal sealed class Session
{
    /// <summary>True when it is an upstream node: it has sent a <c>sync</c>.</summary>
    public bool IsUpstream { get; set; }

    /// <summary>True when it has changed jobs, and has not been answered since.</summary>
    public bool HasChanged { get; set; }

    /// <summary>It has been told of all changes up to this number.</summary>
    public long ToldSeq { get; set; }
}
