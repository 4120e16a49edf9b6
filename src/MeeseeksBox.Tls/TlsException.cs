using MeeseeksBox.Foundation.Text;

namespace MeeseeksBox.Tls;

/// <summary>A TLS connection could not be established.</summary>
/// <remarks>
/// The message is one line for people and logs. Clients may retry later, because a certificate may be renewed on either side.
/// </remarks>
public sealed class TlsException : IOException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="problem">The reason for programs.</param>
    /// <param name="message">The reason for people; made one line, because it may contain names from certificates.</param>
    /// <param name="cause">The exception of the system, if any.</param>
    public TlsException(TlsErrorKind problem, string message, Exception? cause = null)
        : base(SingleLine.Of(message), cause) => Problem = problem;

    /// <summary>The reason for programs.</summary>
    public TlsErrorKind Problem { get; }
}
