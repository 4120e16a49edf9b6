namespace MeeseeksBox.Protocol.Jobs;

/// <summary>How the outputs of a job are written.</summary>
public enum OutputForm
{
    /// <summary>As text, for nodes and clients.</summary>
    Text,

    /// <summary>By reference where they are in files, for the state file and the journal.</summary>
    Reference,
}
