using System.Security.Authentication;
using MeeseeksBox.Foundation.Text;

namespace MeeseeksBox.Tls;

/// <summary>Reads <c>ssl.options</c>: OpenSSL's options by their names.</summary>
internal static class TlsOptions
{
    private const string Key = "options";

    /// <summary>The default versions. Older ones are broken and never used.</summary>
    public const SslProtocols Usual = SslProtocols.Tls12 | SslProtocols.Tls13;

    // The versions that each option disables. Options without a version are always in force, or concern removed features.
    private static readonly Dictionary<string, SslProtocols> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        ["OP_NO_TLSv1_2"] = SslProtocols.Tls12,
        ["OP_NO_TLSv1_3"] = SslProtocols.Tls13,
        ["OP_NO_SSLv2"] = SslProtocols.None,
        ["OP_NO_SSLv3"] = SslProtocols.None,
        ["OP_NO_TLSv1"] = SslProtocols.None,
        ["OP_NO_TLSv1_1"] = SslProtocols.None,
        ["OP_NO_COMPRESSION"] = SslProtocols.None,
        ["OP_NO_RENEGOTIATION"] = SslProtocols.None,
        ["OP_NO_TICKET"] = SslProtocols.None,
        ["OP_CIPHER_SERVER_PREFERENCE"] = SslProtocols.None,
        ["OP_SINGLE_DH_USE"] = SslProtocols.None,
        ["OP_SINGLE_ECDH_USE"] = SslProtocols.None,
        ["OP_ENABLE_MIDDLEBOX_COMPAT"] = SslProtocols.None,
        ["OP_IGNORE_UNEXPECTED_EOF"] = SslProtocols.None,
        ["OP_ALL"] = SslProtocols.None,
    };

    /// <summary>The allowed versions; errors in the options are added to the faults.</summary>
    /// <param name="options">Names, separated by commas, spaces, colons or <c>|</c>; null for none.</param>
    /// <param name="faults">Receives the errors.</param>
    public static SslProtocols Read(string? options, ICollection<TlsConfigError> faults)
    {
        var versions = Usual;
        foreach (var word in (options ?? "").Split([',', ' ', '|', ':'], StringSplitOptions.RemoveEmptyEntries))
        {
            var name = word.StartsWith("ssl.", StringComparison.Ordinal) ? word[4..] : word;
            if (Known.TryGetValue(name, out var barred))
                versions &= ~barred;
            else
                faults.Add(new TlsConfigError(Key, Unknown(word, name)));
        }

        if (versions == SslProtocols.None)
            faults.Add(new TlsConfigError(Key, $"'{options}' disables every version of TLS; leave 1.2 or 1.3 enabled"));
        return versions;
    }

    private static string Unknown(string word, string name) =>
        $"unknown option '{word}'; the nearest known one is '{DidYouMean.Nearest(name, Known.Keys)}'";
}
