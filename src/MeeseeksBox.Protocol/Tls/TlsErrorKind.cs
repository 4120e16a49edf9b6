namespace MeeseeksBox.Protocol.Tls;

/// <summary>Why two sides did not come together.</summary>
public enum TlsErrorKind
{
    /// <summary>The certificate of the other side was signed by nobody whom we trust, or is not made for this use.</summary>
    NotTrusted,

    /// <summary>The certificate of the other side is good, but for another host.</summary>
    OtherHost,

    /// <summary>The certificate of the other side, or one that signed it, has expired, or is not good yet.</summary>
    Expired,

    /// <summary>The other side has sent no certificate, and we require one.</summary>
    NoCertificate,

    /// <summary>The other side speaks plain text.</summary>
    PlainText,

    /// <summary>The other side did not want us; as a rule it does not like our certificate, or the lack of one.</summary>
    Refused,

    /// <summary>The two have no version of TLS, or no cipher, in common.</summary>
    NothingInCommon,

    /// <summary>The connection broke off, or what came over it is no TLS.</summary>
    Broken,
}
