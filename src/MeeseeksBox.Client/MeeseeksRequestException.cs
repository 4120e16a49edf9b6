namespace MeeseeksBox.Client;

/// <summary>The box rejected a request, or its answer cannot be read.</summary>
public sealed class MeeseeksRequestException : MeeseeksException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">The error text of the answer.</param>
    /// <param name="code">The error code of the answer.</param>
    public MeeseeksRequestException(string message, string? code = null)
        : base(message, cause: null)
    {
        Code = code;
    }

    /// <summary>One of <see cref="Protocol.ErrorCode"/>; null from a legacy node, or if the answer cannot be read.</summary>
    public string? Code { get; }
}
