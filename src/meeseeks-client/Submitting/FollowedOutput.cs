using MeeseeksBox.Protocol.Outputs;

namespace MeeseeksBox.CommandLine.Submitting;

/// <summary>How far an output has been printed.</summary>
/// <param name="id">The id of the job.</param>
/// <param name="stream">The stream.</param>
internal sealed class FollowedOutput(string id, OutputStream stream)
{
    /// <summary>The id of the job.</summary>
    public string Id => id;

    /// <summary>The stream.</summary>
    public OutputStream Stream => stream;

    /// <summary>The number of bytes of the stream that were printed or dropped.</summary>
    public long Offset { get; private set; }

    /// <summary>Whether a part came at the end of the job, from a box that does not count dropped bytes.</summary>
    public bool IsLate { get; private set; }

    /// <summary>Why the rest was not printed; null when all was.</summary>
    public string? Problem { get; set; }

    /// <summary>Records a printed part.</summary>
    public void Note(OutputPart part) => (Offset, IsLate) = (part.Offset, IsLate || part.IsLate);
}
