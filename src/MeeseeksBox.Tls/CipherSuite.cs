using System.Net.Security;

namespace MeeseeksBox.Tls;

/// <summary>A cipher, with its names in OpenSSL and .NET.</summary>
/// <param name="Name">OpenSSL's name.</param>
/// <param name="Suite">The cipher in .NET.</param>
/// <param name="Groups">The groups that it belongs to (ciphers(1)), separated by spaces.</param>
internal sealed record CipherSuite(string Name, TlsCipherSuite Suite, string Groups)
{
    private readonly HashSet<string> _groups = [.. Groups.Split(' ')];

    /// <summary>Whether the cipher is for TLS 1.3 and not for TLS 1.2.</summary>
    public bool IsTls13 => Name.StartsWith("TLS_", StringComparison.Ordinal);

    /// <summary>Whether a name is OpenSSL's or the standard's name of this cipher.</summary>
    public bool IsCalled(string name) =>
        name.Equals(Name, StringComparison.OrdinalIgnoreCase) || name.Equals(Suite.ToString(), StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether the cipher belongs to a group, by the group's primary name.</summary>
    public bool IsIn(string group) => _groups.Contains(group);
}
