namespace MeeseeksBox.Protocol;

/// <summary>The values of <c>code</c> beside an <c>error</c>.</summary>
/// <remarks>The code is for programs and never changes; the text of the error is for people and may change.</remarks>
public static class ErrorCode
{
    /// <summary>The line is not JSON, or neither a list nor an object.</summary>
    public const string BadJson = "bad_json";

    /// <summary>An element is not a request object or has an invalid argument.</summary>
    /// <remarks>None of its requests was executed.</remarks>
    public const string BadRequest = "bad_request";

    /// <summary>The line is longer than the node accepts; the connection is closed.</summary>
    public const string TooLong = "too_long";

    /// <summary>The request was read but rejected; the <c>error</c> has the reason.</summary>
    public const string Refused = "refused";

    /// <summary>The node is stopping and rejects submits and configurations; resend them after its restart.</summary>
    public const string Stopping = "stopping";

    /// <summary>As many clients are connected as the node allows; nothing was executed, and the connection is closed: try again.</summary>
    public const string Busy = "busy";

    /// <summary>The client is not allowed to make this request (<c>listen.allow</c> on the node).</summary>
    public const string Forbidden = "forbidden";

    /// <summary>The port expects TLS but received plain text; the connection is closed.</summary>
    public const string TlsRequired = "tls_required";

    /// <summary>The port expects plain text but received TLS; the connection is closed.</summary>
    public const string NoTls = "no_tls";

    /// <summary>The certificate of the client is missing or not trusted; the connection is closed.</summary>
    public const string CertificateRefused = "certificate_refused";
}
