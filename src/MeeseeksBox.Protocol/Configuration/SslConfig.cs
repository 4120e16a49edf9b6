namespace MeeseeksBox.Protocol.Configuration;

/// <summary>
/// A section <c>ssl</c>: how a connection is encrypted and who is let in (docs/SPECIFICATION.md#tls). Files are relative to the current
/// directory.
/// </summary>
public sealed record SslConfig
{
    /// <summary>The key under which the section stands.</summary>
    public const string Key = "ssl";

    /// <summary>The PEM file with our certificate; it may hold the private key as well.</summary>
    public string? Cert { get; init; }

    /// <summary>The PEM file with our private key; not set: it is in <see cref="Cert"/>.</summary>
    public string? PrivateKey { get; init; }

    /// <summary>The password of the private key; not set: it has none.</summary>
    public string? Pass { get; init; }

    /// <summary>The PEM file with the authorities that are trusted.</summary>
    public string? CaFile { get; init; }

    /// <summary>The folder with the authorities that are trusted.</summary>
    public string? CaPath { get; init; }

    /// <summary>What is asked of the other side; not set: a client requires a good certificate, a listener asks for none.</summary>
    public CertificateVerification? Verify { get; init; }

    /// <summary>The ciphers that are allowed, by OpenSSL's names, parted by colons or commas; not set: the system's choice.</summary>
    public string? Ciphers { get; init; }

    /// <summary>OpenSSL's options by their names (<c>OP_NO_TLSv1_2</c>), joined by commas; not set: none.</summary>
    public string? Options { get; init; }

    /// <summary>Reads the section of a parent.</summary>
    /// <returns>Null when it is not set, or false: the connection is not encrypted.</returns>
    public static SslConfig? Read(SectionReader parent)
    {
        if (!parent.HasSection(Key))
            return null;
        var section = parent.Section(Key);
        return new SslConfig
        {
            Cert = section.Text("cert"),
            PrivateKey = section.Text("key"),
            Pass = section.Text("pass"),
            CaFile = section.Text("cafile"),
            CaPath = section.Text("capath"),
            Verify = (CertificateVerification?)section.WholeNumber("verify", least: 0, most: 2),
            Ciphers = section.Strings("ciphers"),
            Options = section.Strings("options"),
        };
    }

    /// <summary>Everything but the password, which must not reach a log.</summary>
    public override string ToString() =>
        $"{nameof(SslConfig)} {{ Cert = {Cert}, CaFile = {CaFile}, CaPath = {CaPath}, Verify = {Verify} }}";
}
