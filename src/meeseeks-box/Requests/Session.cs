using MeeseeksBox.Agent.Configuration;

namespace MeeseeksBox.Agent.Requests;

/// <summary>What is known of the client at the other end of a connection.</summary>
/// <param name="role">What it may do at present: that may change with the configuration.</param>
internal sealed class Session(Func<Role> role)
{
    /// <summary>What it may do.</summary>
    public Role Role => role();

    /// <summary>True when it is an upstream node: it has sent a <c>sync</c>.</summary>
    public bool IsUpstream { get; set; }

    /// <summary>True when it has changed jobs, and has not been answered since.</summary>
    public bool HasChanged { get; set; }

    /// <summary>True when it has submitted jobs among that, while the disk had room as far as was known.</summary>
    public bool HasSubmitted { get; set; }

    /// <summary>It has been told of all changes up to this number.</summary>
    public long SentSeq { get; set; }
}
