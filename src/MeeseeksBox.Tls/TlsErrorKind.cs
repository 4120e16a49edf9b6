namespace MeeseeksBox.Tls;

/// <summary>Why a TLS connection failed.</summary>
public enum TlsErrorKind
{
    /// <summary>The certificate of the peer has no trusted authority, or is not for this use.</summary>
    NotTrusted,

    /// <summary>The certificate of the peer is valid, but for another host.</summary>
    OtherHost,

    /// <summary>The certificate of the peer, or of its authority, has expired or is not yet valid.</summary>
    Expired,

    /// <summary>The peer sent no certificate, but one is required.</summary>
    NoCertificate,

    /// <summary>The peer speaks plain text.</summary>
    PlainText,

    /// <summary>The peer rejected the connection, usually because of our certificate or the lack of one.</summary>
    Refused,

    /// <summary>The two sides have no common version of TLS, or no common cipher.</summary>
    NothingInCommon,

    /// <summary>The connection was closed, or its data is not TLS.</summary>
    Broken,
}
