using System.Security.Cryptography;

namespace MeeseeksBox.Protocol.Tls;

/// <summary>Makes plain words of what a failed handshake throws.</summary>
internal static class OpenSslErrorMapper
{
    // OpenSSL's numbers (openssl/sslerr.h): a library in the upper bits of an error, a reason in the lower; what the other side has said in an
    // alert has its number added to 1000.
    private const int SslLibrary = 20;
    private const int ReasonMask = 0xFFF;
    private const int FirstAlert = 1000;
    private const int NoSharedCipher = 193;
    private const int UnsupportedProtocol = 258;

    /// <summary>What a handshake has failed of.</summary>
    /// <param name="failure">What it has thrown.</param>
    /// <param name="peer">The other side in a sentence.</param>
    public static TlsException Of(Exception failure, string peer) => Refusal(failure, peer) ?? Reason(failure) switch
    {
        NoSharedCipher => new TlsException(TlsErrorKind.NothingInCommon, $"{peer} offers no cipher that we let in (ssl.ciphers)", failure),
        UnsupportedProtocol => new TlsException(TlsErrorKind.NothingInCommon, $"{peer} offers no version of TLS that we let in (ssl.options, ssl.ciphers)", failure),
        null when Innermost(failure) is IOException or System.Net.Sockets.SocketException =>
            new TlsException(TlsErrorKind.Broken, $"{peer} closed the connection during the handshake", failure),
        _ => new TlsException(TlsErrorKind.Broken, $"the TLS handshake with {peer} failed: {Innermost(failure).Message}", failure),
    };

    /// <summary>What the other side has said against us; null when it has said nothing.</summary>
    /// <param name="failure">What a handshake, or a read after it, has thrown.</param>
    /// <param name="peer">The other side in a sentence.</param>
    public static TlsException? Refusal(Exception failure, string peer)
    {
        if (Reason(failure) is not (> FirstAlert and var reason))
            return null;

        var alert = reason - FirstAlert;
        var problem = alert is 40 or 70 or 71 ? TlsErrorKind.NothingInCommon : TlsErrorKind.Refused;
        return new TlsException(problem, $"{peer} refused us: {Alert(alert)}", failure);
    }

    // RFC 8446, 6.2.
    private static string Alert(int number) => number switch
    {
        40 => "it could not agree on anything with us, or asks for a certificate (handshake_failure)",
        42 => "it does not take our certificate (bad_certificate)",
        43 => "it does not take certificates of the kind of ours (unsupported_certificate)",
        44 => "our certificate was revoked (certificate_revoked)",
        45 => "our certificate has expired (certificate_expired)",
        46 => "it does not take our certificate (certificate_unknown)",
        48 => "it does not trust those who signed our certificate (unknown_ca)",
        70 => "it speaks no version of TLS that we do (protocol_version)",
        71 => "it finds our ciphers too weak (insufficient_security)",
        116 => "it requires a certificate of us (certificate_required)",
        _ => $"it sent the alert {number}",
    };

    private static int? Reason(Exception failure)
    {
        for (var each = failure; each is not null; each = each.InnerException)
        {
            // 3.0 has the library in the bits from 23 on, older ones from 24 on.
            if (each is CryptographicException { HResult: var error } && (error >> 23 is SslLibrary || error >> 24 is SslLibrary))
                return error & ReasonMask;
        }

        return null;
    }

    private static Exception Innermost(Exception failure) => failure.InnerException is { } inner ? Innermost(inner) : failure;
}
