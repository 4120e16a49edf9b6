namespace MeeseeksBox.Protocol.Lines;

/// <summary>What comes on a connection behind the line that is being answered.</summary>
public interface ILineLookahead
{
    /// <summary>True when a further line has come already, or the end of the input.</summary>
    bool IsNextAvailable { get; }

    /// <summary>Ends when one has, or when the connection does. The line that is being answered must not be read any more.</summary>
    Task WaitForNextAsync();
}
