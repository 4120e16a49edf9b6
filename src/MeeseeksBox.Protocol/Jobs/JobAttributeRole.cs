namespace MeeseeksBox.Protocol.Jobs;

/// <summary>Who sets an attribute of a job.</summary>
public enum JobAttributeRole
{
    /// <summary>The submitter names it once: <c>id</c>, <c>node</c>, <c>state</c> have rules of their own in <c>submit</c>.</summary>
    Identity,

    /// <summary>The submitter asks for it, and may change it.</summary>
    Spec,

    /// <summary>The nodes set it; on the wire always.</summary>
    Status,

    /// <summary>The run of a job sets it; on the wire from the first run on, null included, so that a peer forgets the run before.</summary>
    Run,

    /// <summary>The run of a job sets it where there is something to tell; left out otherwise.</summary>
    Mark,
}
