namespace MeeseeksBox.Protocol.Outputs;

/// <summary>A stream of output of a job.</summary>
public enum OutputStream
{
    /// <summary>Standard output.</summary>
    Stdout,

    /// <summary>Standard error.</summary>
    Stderr,
}
