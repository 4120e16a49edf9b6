namespace MeeseeksBox.Protocol.Configuration;

/// <summary>
/// What is asked of the certificate of the other side (<c>ssl.verify</c>, docs/SPECIFICATION.md#verification). The numbers are Python's.
/// </summary>
public enum CertificateVerification
{
    /// <summary>Nothing: it is not looked at.</summary>
    None = 0,

    /// <summary>There need not be one; if there is, it must be good.</summary>
    Optional = 1,

    /// <summary>There must be one, and it must be good.</summary>
    Required = 2,
}
