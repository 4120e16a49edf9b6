namespace MeeseeksBox.Client;

/// <summary>The box answered that it does not do what was asked.</summary>
public sealed class MeeseeksRequestException : MeeseeksException
{
    /// <summary>Says what the box answered.</summary>
    /// <param name="message">Its words.</param>
    /// <param name="code">The code beside them.</param>
    public MeeseeksRequestException(string message, string? code = null)
        : base(message, cause: null)
    {
        Code = code;
    }

    /// <summary>One of <see cref="Protocol.ErrorCode"/>; null from an old peer, or when the answer itself is of no use.</summary>
    public string? Code { get; }
}
