using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MeeseeksBox.Protocol.Configuration;

namespace MeeseeksBox.Protocol.Tls;

/// <summary>Reads files of certificates: text with blocks between <c>-----BEGIN CERTIFICATE-----</c> and its end.</summary>
/// <param name="faults">Takes what is wrong.</param>
internal sealed class PemFile(ICollection<TlsConfigError> faults)
{
    // What OpenSSL names the files of a folder after it has sorted them: the hash of the name, and a number.
    private const int HashLength = 8;

    /// <summary>The text of a file; null when it cannot be read.</summary>
    /// <param name="key">The key that names the file, for the faults.</param>
    /// <param name="path">The file.</param>
    public string? Text(string key, string path)
    {
        var bytes = ConfigFile.ReadBytes(path, out var problem);
        if (bytes is null)
            faults.Add(new TlsConfigError(key, problem!));
        return bytes is null ? null : Encoding.UTF8.GetString(bytes);
    }

    /// <summary>The certificates in the text of a file, in their order; null when there are none, or a damaged one.</summary>
    public X509Certificate2Collection? Certificates(string key, string path, string text)
    {
        if (Parse(key, path, text) is not { } certificates)
            return null;
        if (certificates.Count > 0)
            return certificates;
        faults.Add(new TlsConfigError(key, $"{path}: there is no certificate in it; it must be a PEM file, with a line -----BEGIN CERTIFICATE-----"));
        return null;
    }

    /// <summary>The certificates of all PEM files in a folder; those of a folder of OpenSSL's are found as well.</summary>
    public X509Certificate2Collection? Folder(string key, string path)
    {
        string[] files;
        try
        {
            files = [.. Directory.GetFiles(path).Where(IsCertificate).Order(StringComparer.Ordinal)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            var reason = exception is UnauthorizedAccessException ? "permission denied" : File.Exists(path) ? "it is a file; set cafile to it instead" : "there is no such folder";
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
            faults.Add(new TlsConfigError(key, $"{path}: no certificate is in the folder; PEM files are looked for, by their names: *.pem, *.crt, *.cer, and OpenSSL's like 9d66eef0.0"));
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
            faults.Add(new TlsConfigError(key, $"{path}: a certificate in it is damaged: {exception.Message}"));
            return null;
        }
    }

    // A link that leads nowhere is what an authority leaves behind that was taken away.
    private static bool IsCertificate(string file) => File.ResolveLinkTarget(file, returnFinalTarget: true) is not { Exists: false } && Path.GetExtension(file).ToUpperInvariant() switch
    {
        ".PEM" or ".CRT" or ".CER" => true,
        [_, >= '0' and <= '9', ..] => Path.GetFileNameWithoutExtension(file) is { Length: HashLength } name && name.All(char.IsAsciiHexDigit),
        _ => false,
    };
}
