namespace MeeseeksBox.Tls;

/// <summary>Detects TLS by the first bytes of a connection (RFC 8446, 5.1).</summary>
public static class TlsRecord
{
    private const byte Alert = 0x15;
    private const byte Handshake = 0x16;
    private const byte Version = 0x03;

    /// <summary>The number of bytes that <see cref="IsHello"/> needs.</summary>
    public const int HelloLength = 2;

    /// <summary>Whether the bytes begin a TLS handshake. No line of JSON begins with them.</summary>
    public static bool IsHello(ReadOnlySpan<byte> first) => first is [Handshake, Version, ..];

    /// <summary>Whether the bytes so far can begin a TLS handshake.</summary>
    public static bool CanBeHello(ReadOnlySpan<byte> first) => first is [Handshake] || IsHello(first);

    /// <summary>Whether the first byte of an answer to a hello can be TLS.</summary>
    internal static bool CanBeAnswer(byte first) => first is Handshake or Alert;
}
