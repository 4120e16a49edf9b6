namespace MeeseeksBox.Tls;

/// <summary>
/// How the certificate of the peer is verified (<c>ssl.verify</c>, docs/SPECIFICATION.md#verification). The numbers are Python's.
/// </summary>
public enum CertificateVerification
{
    /// <summary>The certificate is not checked.</summary>
    None = 0,

    /// <summary>A certificate may be missing; one that is sent must be valid.</summary>
    Optional = 1,

    /// <summary>A valid certificate is required.</summary>
    Required = 2,
}
