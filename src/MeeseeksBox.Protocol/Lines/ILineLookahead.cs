namespace MeeseeksBox.Protocol.Lines;

/// <summary>Detects the next line on a connection while the current one is being answered.</summary>
public interface ILineLookahead
{
    /// <summary>True when the next line has arrived, or the end of the input.</summary>
    bool IsNextAvailable { get; }

    /// <summary>Waits for the next line or the end of the input.</summary>
    /// <remarks>The bytes of the current line become invalid.</remarks>
    Task WaitForNextAsync();
}
