namespace MeeseeksBox.Client;

/// <summary>Something that was asked of a box did not come about. Its message is a line for people.</summary>
public abstract class MeeseeksException : Exception
{
    private protected MeeseeksException(string message, Exception? cause)
        : base(message, cause)
    {
    }
}
