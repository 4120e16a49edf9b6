using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MeeseeksBox.Tls;

/// <summary>Joins a certificate with its private key.</summary>
internal static class PrivateKey
{
    private const string CertificateKey = "cert";
    private const string PasswordKey = "pass";
    private const string EncryptedLabel = "ENCRYPTED PRIVATE KEY";

    /// <summary>Reads the private key and joins it with the certificate.</summary>
    /// <param name="certificate">The certificate and its file.</param>
    /// <param name="key">The key that names the file with the private key, its path and its text.</param>
    /// <param name="password">The password of the private key; null when it has none.</param>
    /// <param name="faults">Receives the errors.</param>
    /// <returns>The certificate with its key; null on an error.</returns>
    public static X509Certificate2? Join(
        (X509Certificate2 Certificate, string Path) certificate,
        (string Key, string Path, string Text) key,
        string? password,
        ICollection<TlsConfigError> faults)
    {
        if (key.Text.Contains("Proc-Type: 4,ENCRYPTED", StringComparison.Ordinal))
        {
            faults.Add(new TlsConfigError(
                key.Key,
                $"{key.Path}: the encryption of the private key is obsolete and unsafe; convert it: openssl pkcs8 -topk8 -in {key.Path}"));
            return null;
        }

        if (Find(key.Text) is not { } block)
        {
            var hint = key.Key == CertificateKey ? "; set key to the file that contains it" : string.Empty;
            faults.Add(new TlsConfigError(key.Key, $"{key.Path}: no private key found{hint}"));
            return null;
        }

        if (block.Label == EncryptedLabel && password is null)
        {
            faults.Add(new TlsConfigError(PasswordKey, $"{key.Path}: the private key is encrypted, but no password is set"));
            return null;
        }

        using var privateKey = Open(block, password);
        if (privateKey is null)
        {
            faults.Add(block.Label == EncryptedLabel
                ? new TlsConfigError(PasswordKey, $"{key.Path}: the password does not decrypt the private key")
                : new TlsConfigError(
                    key.Key, $"{key.Path}: the private key is damaged, or of an unsupported type; create an RSA or EC key"));
            return null;
        }

        var joined = Joined(certificate.Certificate, privateKey);
        if (joined is null)
        {
            faults.Add(new TlsConfigError(
                key.Key, $"{key.Path}: the private key does not belong to the certificate in {certificate.Path}"));
        }

        return joined;
    }

    private static (string Label, string Text)? Find(string text)
    {
        var rest = text.AsSpan();
        while (PemEncoding.TryFind(rest, out var fields))
        {
            var label = rest[fields.Label].ToString();
            if (label.EndsWith("PRIVATE KEY", StringComparison.Ordinal))
                return (label, rest[fields.Location].ToString());
            rest = rest[fields.Location.End..];
        }

        return null;
    }

    // The block does not contain the type of the key, so each type is tried.
    private static AsymmetricAlgorithm? Open((string Label, string Text) block, string? password)
    {
        foreach (var kind in new Func<AsymmetricAlgorithm>[] { RSA.Create, ECDsa.Create })
        {
            var key = kind();
            try
            {
                if (block.Label == EncryptedLabel)
                    key.ImportFromEncryptedPem(block.Text, password);
                else
                    key.ImportFromPem(block.Text);
                return key;
            }
            catch (Exception exception) when (exception is CryptographicException or ArgumentException)
            {
                key.Dispose();
            }
        }

        return null;
    }

    private static X509Certificate2? Joined(X509Certificate2 certificate, AsymmetricAlgorithm privateKey)
    {
        try
        {
            return privateKey is RSA rsa ? certificate.CopyWithPrivateKey(rsa) : certificate.CopyWithPrivateKey((ECDsa)privateKey);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or CryptographicException)
        {
            return null;
        }
    }
}
