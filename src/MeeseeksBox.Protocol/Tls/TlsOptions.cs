using System.Security.Authentication;
using MeeseeksBox.Protocol.Configuration;

namespace MeeseeksBox.Protocol.Tls;

/// <summary>Reads <c>ssl.options</c>: OpenSSL's options by their names.</summary>
internal static class TlsOptions
{
    private const string Key = "options";

    /// <summary>What is spoken when nothing else is said. Older versions are broken and never spoken.</summary>
    public const SslProtocols Usual = SslProtocols.Tls12 | SslProtocols.Tls13;

    // What each takes away. Those that take away nothing are in force anyway, or guard against what no longer exists.
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

    /// <summary>The versions that may be spoken; what is wrong with the options is added to the faults.</summary>
    /// <param name="options">Names, parted by commas, spaces, colons or <c>|</c>; null: none.</param>
    /// <param name="faults">Takes what is wrong.</param>
    public static SslProtocols Read(string? options, ICollection<TlsConfigError> faults)
    {
        var versions = Usual;
        foreach (var word in (options ?? "").Split([',', ' ', '|', ':'], StringSplitOptions.RemoveEmptyEntries))
        {
            var name = word.StartsWith("ssl.", StringComparison.Ordinal) ? word[4..] : word;
            if (Known.TryGetValue(name, out var barred))
                versions &= ~barred;
            else
                faults.Add(new TlsConfigError(Key, $"'{word}' is not an option that can be set; the nearest known one is '{EditDistance.Nearest(name, Known.Keys)}'"));
        }

        if (versions == SslProtocols.None)
            faults.Add(new TlsConfigError(Key, $"'{options}' leaves no version of TLS to speak; 1.2 and 1.3 are there"));
        return versions;
    }
}
