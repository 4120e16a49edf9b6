namespace MeeseeksBox.Tls;

/// <summary>
/// A section <c>ssl</c>: the encryption of a connection, and the peers to accept (docs/SPECIFICATION.md#tls). Files are relative to
/// the current directory.
/// </summary>
public sealed record SslConfig
{
    /// <summary>The key of the section.</summary>
    public const string Key = "ssl";

    /// <summary>The PEM file with our certificate, which may contain the private key as well.</summary>
    public string? Cert { get; init; }

    /// <summary>The PEM file with our private key; null when the key is in <see cref="Cert"/>.</summary>
    public string? PrivateKey { get; init; }

    /// <summary>The password of the private key; null when it has none.</summary>
    public string? Pass { get; init; }

    /// <summary>The PEM file with the trusted authorities.</summary>
    public string? CaFile { get; init; }

    /// <summary>The folder with the trusted authorities.</summary>
    public string? CaPath { get; init; }

    /// <summary>How the peer is verified; null: a client requires a valid certificate, a listener requests none.</summary>
    public CertificateVerification? Verify { get; init; }

    /// <summary>The allowed ciphers, by OpenSSL's names, separated by colons or commas; null for the system's default.</summary>
    public string? Ciphers { get; init; }

    /// <summary>OpenSSL's options by their names (<c>OP_NO_TLSv1_2</c>), joined by commas; null for none.</summary>
    public string? Options { get; init; }

    /// <summary>The section without the password, which must not reach a log.</summary>
    public override string ToString() =>
        $"{nameof(SslConfig)} {{ Cert = {Cert}, CaFile = {CaFile}, CaPath = {CaPath}, Verify = {Verify} }}";
}
