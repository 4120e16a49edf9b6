using MeeseeksBox.Protocol.Configuration;

namespace MeeseeksBox.Protocol.Tls;

/// <summary>
/// A connection is not encrypted as it should be, so there is none. The message is a line for people, fit for a log. Whoever
/// connects may try again later: a certificate may be renewed, here or there.
/// </summary>
public sealed class TlsException : IOException
{
    /// <summary>What happened.</summary>
    /// <param name="problem">For programs.</param>
    /// <param name="message">For people; brought into one line, because names in certificates come from outside.</param>
    /// <param name="cause">What the system said, if it did.</param>
    public TlsException(TlsErrorKind problem, string message, Exception? cause = null)
        : base(SingleLine.Of(message), cause) => Problem = problem;

    /// <summary>What happened.</summary>
    public TlsErrorKind Problem { get; }
}
