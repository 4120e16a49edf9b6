using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MeeseeksBox.Foundation.Files;

namespace MeeseeksBox.Tls;

/// <summary>Reads certificates from PEM files, with blocks that begin with <c>-----BEGIN CERTIFICATE-----</c>.</summary>
/// <param name="faults">Receives the errors.</param>
internal sealed class PemFile(ICollection<TlsConfigError> faults)
{
    // The file names of an OpenSSL hash folder: the hash of the subject, a dot and a number.
    private const int HashLength = 8;

    // Editors of Windows put it before the first line.
    private const char ByteOrderMark = '\uFEFF';

    /// <summary>Reads the text of a file; null when it cannot be read.</summary>
    /// <param name="key">The key that names the file, for the errors.</param>
    /// <param name="path">The file.</param>
    public string? Text(string key, string path)
    {
        var file = NamedFile.Read(path);
        if (file.IsSuccess)
            return Encoding.UTF8.GetString(file.Value).TrimStart(ByteOrderMark);
        faults.Add(new TlsConfigError(key, file.Problem));
        return null;
    }

    /// <summary>The certificates in the text of a file, in order; null on an error.</summary>
    public X509Certificate2Collection? Certificates(string key, string path, string text)
    {
        if (Parse(key, path, text) is not { } certificates)
            return null;
        if (certificates.Count > 0)
            return certificates;
        faults.Add(new TlsConfigError(
            key, $"{path}: no certificate found; it must be a PEM file, with a line -----BEGIN CERTIFICATE-----"));
        return null;
    }

    /// <summary>The certificates of all PEM files in a folder, including an OpenSSL hash folder.</summary>
    public X509Certificate2Collection? Folder(string key, string path)
    {
        string[] files;
        try
        {
            files = [.. Directory.GetFiles(path).Where(IsCertificate).Order(StringComparer.Ordinal)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            var reason = exception is UnauthorizedAccessException ? "permission denied"
                : File.Exists(path) ? "it is a file; set cafile to it instead"
                : "there is no such folder";
            faults.Add(new TlsConfigError(key, $"{path}: the folder cannot be read: {reason}"));
            return null;
        }

        var all = new X509Certificate2Collection();
        var before = faults.Count;
        foreach (var file in files)
        {
            if (Text(key, file) is { } text && Parse(key, file, text) is { } certificates)
                all.AddRange(certificates);
        }

        if (all.Count == 0 && faults.Count == before)
        {
            faults.Add(new TlsConfigError(
                key,
                $"{path}: no certificate found in the folder; name PEM files *.pem, *.crt or *.cer, or like 9d66eef0.0 (OpenSSL)"));
        }

        return all;
    }

    private X509Certificate2Collection? Parse(string key, string path, string text)
    {
        try
        {
            var certificates = new X509Certificate2Collection();
            certificates.ImportFromPem(text);
            return certificates;
        }
        catch (CryptographicException exception)
        {
            faults.Add(new TlsConfigError(key, $"{path}: a certificate is damaged: {exception.Message}"));
            return null;
        }
    }

    // Broken links are skipped: the removal of an authority leaves them behind.
    private static bool IsCertificate(string file) =>
        File.ResolveLinkTarget(file, returnFinalTarget: true) is not { Exists: false } && Path.GetExtension(file).ToUpperInvariant() switch
        {
            ".PEM" or ".CRT" or ".CER" => true,
            [_, >= '0' and <= '9', ..] =>
                Path.GetFileNameWithoutExtension(file) is { Length: HashLength } name && name.All(char.IsAsciiHexDigit),
            _ => false,
        };
}
