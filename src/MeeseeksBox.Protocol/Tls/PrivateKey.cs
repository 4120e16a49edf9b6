using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MeeseeksBox.Protocol.Tls;

/// <summary>Finds the private key that belongs to a certificate, and joins the two.</summary>
internal static class PrivateKey
{
    private const string CertificateKey = "cert";
    private const string PasswordKey = "pass";
    private const string EncryptedLabel = "ENCRYPTED PRIVATE KEY";

    /// <summary>The certificate with its private key.</summary>
    /// <param name="certificate">The certificate, and the file that it is from.</param>
    /// <param name="key">The key that names the file with the private key, that file, and what is in it.</param>
    /// <param name="password">The password of the private key; null: it has none.</param>
    /// <param name="faults">Takes what is wrong.</param>
    /// <returns>Null when something is wrong.</returns>
    public static X509Certificate2? Join(
        (X509Certificate2 Certificate, string Path) certificate, (string Key, string Path, string Text) key, string? password, ICollection<TlsConfigError> faults)
    {
        if (key.Text.Contains("Proc-Type: 4,ENCRYPTED", StringComparison.Ordinal))
        {
            faults.Add(new TlsConfigError(key.Key, $"{key.Path}: the private key is encrypted in an old way that is not safe; convert it: openssl pkcs8 -topk8 -in {key.Path}"));
            return null;
        }

        if (Find(key.Text) is not { } block)
        {
            var hint = key.Key == CertificateKey ? "; set key to the file that has it" : string.Empty;
            faults.Add(new TlsConfigError(key.Key, $"{key.Path}: there is no private key in it{hint}"));
            return null;
        }

        if (block.Label == EncryptedLabel && password is null)
        {
            faults.Add(new TlsConfigError(PasswordKey, $"{key.Path}: the private key is encrypted, and no password is set"));
            return null;
        }

        using var privateKey = Open(block, password);
        if (privateKey is null)
        {
            faults.Add(block.Label == EncryptedLabel
                ? new TlsConfigError(PasswordKey, $"{key.Path}: this password does not open the private key")
                : new TlsConfigError(key.Key, $"{key.Path}: the private key is damaged, or of a kind that cannot be used; make an RSA or EC key"));
            return null;
        }

        var joined = Joined(certificate.Certificate, privateKey);
        if (joined is null)
            faults.Add(new TlsConfigError(key.Key, $"{key.Path}: the private key does not belong to the certificate in {certificate.Path}"));
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

    // The block does not say what kind of key it holds, so each kind has its try.
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
