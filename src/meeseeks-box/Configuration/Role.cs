namespace MeeseeksBox.Agent.Configuration;

/// <summary>What a client may do. Each role may do all that those before it may.</summary>
internal enum Role
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Ask: jobs, nodes, pools, the configuration.</summary>
    Read,

    /// <summary>Submit, change and kill jobs; sync, which is what upstream nodes do.</summary>
    Submit,

    /// <summary>Change the configuration, also at a distance, and modify jobs without checks.</summary>
    Admin,
}
