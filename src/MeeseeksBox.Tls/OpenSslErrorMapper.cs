using System.Security.Cryptography;

namespace MeeseeksBox.Tls;

/// <summary>Maps the exceptions of a failed handshake to errors in plain words.</summary>
internal static class OpenSslErrorMapper
{
    // OpenSSL's numbers (openssl/sslerr.h): the upper bits of an error are the library, the lower ones the reason. An alert from the peer
    // has the reason 1000 plus its number.
    private const int SslLibrary = 20;
    private const int ReasonMask = 0xFFF;
    private const int FirstAlert = 1000;
    private const int NoSharedCipher = 193;
    private const int UnsupportedProtocol = 258;

    /// <summary>The error of a failed handshake.</summary>
    /// <param name="failure">The exception of the handshake.</param>
    /// <param name="peer">The peer, as messages name it.</param>
    public static TlsException Of(Exception failure, string peer) => Refusal(failure, peer) ?? Reason(failure) switch
    {
        NoSharedCipher => new TlsException(
            TlsErrorKind.NothingInCommon, $"{peer} offers no cipher that is allowed here (ssl.ciphers)", failure),
        UnsupportedProtocol => new TlsException(
            TlsErrorKind.NothingInCommon, $"{peer} offers no version of TLS that is allowed here (ssl.options, ssl.ciphers)", failure),
        null when Innermost(failure) is IOException or System.Net.Sockets.SocketException =>
            new TlsException(TlsErrorKind.Broken, $"{peer} closed the connection during the handshake", failure),
        _ => new TlsException(TlsErrorKind.Broken, $"the TLS handshake with {peer} failed: {Innermost(failure).Message}", failure),
    };

    /// <summary>The error for an alert of the peer; null when it sent none.</summary>
    /// <param name="failure">The exception of a handshake, or of a read after it.</param>
    /// <param name="peer">The peer, as messages name it.</param>
    public static TlsException? Refusal(Exception failure, string peer)
    {
        if (Reason(failure) is not (> FirstAlert and var reason))
            return null;

        var alert = reason - FirstAlert;
        var problem = alert is 40 or 70 or 71 ? TlsErrorKind.NothingInCommon : TlsErrorKind.Refused;
        return new TlsException(problem, $"{peer} rejected the connection: {Alert(alert)}", failure);
    }

    // RFC 8446, 6.2.
    private static string Alert(int number) => number switch
    {
        40 => "no common parameters, or it requires a certificate (handshake_failure)",
        42 => "it does not accept our certificate (bad_certificate)",
        43 => "it does not support certificates of our type (unsupported_certificate)",
        44 => "our certificate was revoked (certificate_revoked)",
        45 => "our certificate has expired (certificate_expired)",
        46 => "it does not accept our certificate (certificate_unknown)",
        48 => "it does not trust the authority of our certificate (unknown_ca)",
        70 => "it supports none of our versions of TLS (protocol_version)",
        71 => "our ciphers are too weak for it (insufficient_security)",
        116 => "it requires a certificate from us (certificate_required)",
        _ => $"it sent the alert {number}",
    };

    private static int? Reason(Exception failure)
    {
        for (var each = failure; each is not null; each = each.InnerException)
        {
            // The library is in the bits from 23 on in OpenSSL 3.0, and from 24 on in older versions.
            if (each is CryptographicException { HResult: var error } && (error >> 23 is SslLibrary || error >> 24 is SslLibrary))
                return error & ReasonMask;
        }

        return null;
    }

    private static Exception Innermost(Exception failure) => failure.InnerException is { } inner ? Innermost(inner) : failure;
}
