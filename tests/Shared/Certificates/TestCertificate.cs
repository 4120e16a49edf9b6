using System.Security.Cryptography;

namespace MeeseeksBox.Testing.Certificates;

/// <summary>A test certificate, as the text of PEM files.</summary>
/// <param name="Pem">The certificate.</param>
/// <param name="Key">The private key.</param>
/// <param name="Chain">The intermediate certificates.</param>
public sealed record TestCertificate(string Pem, string Key, string Chain)
{
    /// <summary>The certificate, the chain and the key, for one file.</summary>
    public string Together => $"{Pem}\n{Chain}\n{Key}\n";

    /// <summary>Encrypts the private key with a password.</summary>
    public string Encrypted(string password)
    {
        using AsymmetricAlgorithm key = Key.Contains("RSA", StringComparison.Ordinal) ? RSA.Create() : ECDsa.Create();
        key.ImportFromPem(Key);
        var parameters = new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, iterationCount: 100);
        return key.ExportEncryptedPkcs8PrivateKeyPem(password, parameters);
    }
}
