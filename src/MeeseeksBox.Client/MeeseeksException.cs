namespace MeeseeksBox.Client;

/// <summary>A request to a box failed. The message is one line for people.</summary>
public abstract class MeeseeksException : Exception
{
    private protected MeeseeksException(string message, Exception? cause)
        : base(message, cause)
    {
    }
}
