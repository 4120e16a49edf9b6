namespace MeeseeksBox.Protocol.Tls;

/// <summary>What the first bytes of a connection tell (RFC 8446, 5.1).</summary>
public static class TlsRecord
{
    private const byte Alert = 0x15;
    private const byte Handshake = 0x16;
    private const byte Version = 0x03;

    /// <summary>How many bytes <see cref="IsHello"/> looks at.</summary>
    public const int HelloLength = 2;

    /// <summary>Whether a client begins to speak TLS. No line of JSON begins so.</summary>
    public static bool IsHello(ReadOnlySpan<byte> first) => first is [Handshake, Version, ..];

    /// <summary>Whether a client that is to speak TLS may go on: what has come of its beginning is right.</summary>
    public static bool CanBeHello(ReadOnlySpan<byte> first) => first is [Handshake] || IsHello(first);

    /// <summary>Whether the answer to a hello can be TLS, by its first byte.</summary>
    internal static bool CanBeAnswer(byte first) => first is Handshake or Alert;
}
