namespace MeeseeksBox.Protocol;

/// <summary>The words that stand as <c>code</c> beside an <c>error</c>: the text is for people and may change, the code is for programs and does not.</summary>
public static class ErrorCode
{
    /// <summary>The line is not JSON, or no request at all.</summary>
    public const string BadJson = "bad_json";

    /// <summary>An element of the line is no request object, or an argument in it is wrong; nothing of it was carried out.</summary>
    public const string BadRequest = "bad_request";

    /// <summary>The line is longer than the node takes; the connection is closed.</summary>
    public const string TooLong = "too_long";

    /// <summary>A request was understood and not followed; the <c>error</c> says why.</summary>
    public const string Refused = "refused";

    /// <summary>A submit came while the node stops; the same submit can be sent again once it is back.</summary>
    public const string Stopping = "stopping";

    /// <summary>The client may not make this request (<c>listen.allow</c> on the node).</summary>
    public const string Forbidden = "forbidden";

    /// <summary>Plain text came to a port that speaks TLS; the connection is closed.</summary>
    public const string TlsRequired = "tls_required";

    /// <summary>TLS came to a port that speaks plain text; the connection is closed.</summary>
    public const string NoTls = "no_tls";

    /// <summary>The certificate of the client is missing or not trusted; the connection is closed.</summary>
    public const string CertificateRefused = "certificate_refused";
}
