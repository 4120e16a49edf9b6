namespace MeeseeksBox.Agent.Configuration;

/// <summary>The role of a client (docs/SPECIFICATION.md#roles).</summary>
internal enum Role
{
    /// <summary>No requests.</summary>
    None,

    /// <summary>Read jobs, nodes, pools and the configuration.</summary>
    Read,

    /// <summary>Also submit, change and kill jobs.</summary>
    Submit,

    /// <summary>Read, and sync: the role of upstream nodes, which name the user of each job and tell its status.</summary>
    Peer,

    /// <summary>Everything: also change the configuration of this and other nodes, and modify jobs without checks.</summary>
    Admin,
}
