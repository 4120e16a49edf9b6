namespace MeeseeksBox.Core.Replication;

/// <summary>Why a link closes its connection.</summary>
/// <param name="Reason">The reason, for the log.</param>
public sealed record LinkFailure(string Reason)
{
    /// <summary>True when the nodes are configured wrongly, so that the link fails until a person mends it.</summary>
    public bool IsMisconfiguration { get; init; }

    /// <summary>The names along the cycle that the link would close, this node first and last; empty for another reason.</summary>
    public IReadOnlyList<string> Cycle { get; init; } = [];

    /// <summary>The failure of a link that closes a cycle.</summary>
    public static LinkFailure OfCycle(IReadOnlyList<string> path) =>
        new($"the nodes are connected in a cycle: {string.Join(" → ", path)}; take one of these out of 'nodes'")
        {
            IsMisconfiguration = true,
            Cycle = path,
        };

    /// <summary>The failure of a link whose peer accepts only short lines.</summary>
    public static LinkFailure OfShortLines(string what) => new($"{what}; raise its listen.max_request") { IsMisconfiguration = true };

    /// <summary>The failure of a link behind which another box has the name of this one.</summary>
    public static LinkFailure OfDuplicate(string who) =>
        new($"duplicate node name: {who}; give every node a name of its own") { IsMisconfiguration = true };
}
