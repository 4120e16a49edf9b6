namespace MeeseeksBox.Core.Membership;

/// <summary>How the status of a node keeps its jobs from expiry (docs/SPECIFICATION.md#leases).</summary>
internal enum Lease
{
    /// <summary>Not at all: each job expires without a report of its own.</summary>
    None,

    /// <summary>Its live jobs do not expire. The node may lose one without a report, so each is offered again after a while.</summary>
    Legacy,

    /// <summary>None of its jobs expires: the node reports every change of them.</summary>
    Full,
}
