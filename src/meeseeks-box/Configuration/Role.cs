namespace MeeseeksBox.Agent.Configuration;

/// <summary>The role of a client, in ascending order of rights.</summary>
internal enum Role
{
    /// <summary>No requests.</summary>
    None,

    /// <summary>Read jobs, nodes, pools and the configuration.</summary>
    Read,

    /// <summary>Submit, change and kill jobs; sync, the request of upstream nodes.</summary>
    Submit,

    /// <summary>Also name the user of each job: the role of upstream nodes.</summary>
    Peer,

    /// <summary>Change the configuration of this and other nodes, and modify jobs without checks.</summary>
    Admin,
}
