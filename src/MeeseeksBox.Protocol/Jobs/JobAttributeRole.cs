namespace MeeseeksBox.Protocol.Jobs;

/// <summary>Which side sets an attribute of a job, and when the attribute is sent.</summary>
public enum JobAttributeRole
{
    /// <summary>Set by a submit under special rules: <c>id</c>, <c>node</c> and <c>state</c>.</summary>
    Identity,

    /// <summary>Set and changed by the submitter.</summary>
    Spec,

    /// <summary>A part of the spec that no submit sets.</summary>
    Control,

    /// <summary>Set by the nodes.</summary>
    Status,

    /// <summary>Set by a run; sent from the first run on, even as null.</summary>
    /// <remarks>The null makes peers clear the value of the previous run.</remarks>
    Run,

    /// <summary>Set by a run when it applies; omitted otherwise.</summary>
    Mark,
}
