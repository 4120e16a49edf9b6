using System.Security.Cryptography.X509Certificates;

namespace MeeseeksBox.Tls;

/// <summary>Finds the hosts that a certificate is for.</summary>
internal static class CertificateNames
{
    /// <summary>The names and addresses; without any, as in old certificates, the common name.</summary>
    public static IReadOnlyList<string> Of(X509Certificate2 certificate)
    {
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .SelectMany(extension =>
                extension.EnumerateDnsNames().Concat(extension.EnumerateIPAddresses().Select(address => address.ToString())))
            .ToList();
        return names.Count > 0 ? names : [certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false)];
    }
}
