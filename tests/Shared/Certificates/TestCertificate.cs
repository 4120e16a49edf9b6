using System.Security.Cryptography;

namespace MeeseeksBox.Testing.Certificates;

/// <summary>A certificate of the tests, as text of PEM files.</summary>
/// <param name="Pem">The certificate.</param>
/// <param name="Key">Its private key.</param>
/// <param name="Chain">The certificates between it and its authority.</param>
public sealed record TestCertificate(string Pem, string Key, string Chain)
{
    /// <summary>All of it, for one file.</summary>
    public string Together => $"{Pem}\n{Chain}\n{Key}\n";

    /// <summary>The private key behind a password.</summary>
    public string Encrypted(string password)
    {
        using AsymmetricAlgorithm key = Key.Contains("RSA", StringComparison.Ordinal) ? RSA.Create() : ECDsa.Create();
        key.ImportFromPem(Key);
        return key.ExportEncryptedPkcs8PrivateKeyPem(password, new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, iterationCount: 100));
    }
}
