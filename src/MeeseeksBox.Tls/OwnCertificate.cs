using System.Globalization;
using System.Security.Cryptography.X509Certificates;

namespace MeeseeksBox.Tls;

/// <summary>The validity of an own certificate, or of one of its intermediate certificates.</summary>
/// <param name="File">The file that it was read from.</param>
/// <param name="Subject">The name in it.</param>
/// <param name="From">The start of its validity.</param>
/// <param name="Until">The end of its validity.</param>
public sealed record OwnCertificate(string File, string Subject, DateTimeOffset From, DateTimeOffset Until)
{
    private const int DaysAhead = 30;

    /// <summary>Why a peer rejects it, or soon will; null when it is valid for 30 days or more.</summary>
    public string? WarningAt(DateTimeOffset now) =>
        now > Until ? $"{File}: the certificate '{Subject}' has expired on {Day(Until)} and is rejected; renew it"
        : now < From ? $"{File}: the certificate '{Subject}' is not valid before {Day(From)}; check the clock of this host"
        : Until - now < TimeSpan.FromDays(DaysAhead) ? $"{File}: the certificate '{Subject}' expires on {Day(Until)}; renew it before"
        : null;

    internal static OwnCertificate Of(X509Certificate2 certificate, string file) =>
        new(file, certificate.Subject, new DateTimeOffset(certificate.NotBefore), new DateTimeOffset(certificate.NotAfter));

    /// <summary>A time as messages show it.</summary>
    internal static string Day(DateTimeOffset time) =>
        time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
