using System.Net.Security;

namespace MeeseeksBox.Protocol.Tls;

/// <summary>A cipher, and the words of OpenSSL's lists that mean it.</summary>
/// <param name="Name">OpenSSL's name.</param>
/// <param name="Suite">The same for .NET.</param>
/// <param name="Groups">The groups that it belongs to (ciphers(1)), parted by spaces.</param>
internal sealed record CipherSuite(string Name, TlsCipherSuite Suite, string Groups)
{
    private readonly HashSet<string> _groups = [.. Groups.Split(' ')];

    /// <summary>Whether it is one of TLS 1.3, and not of TLS 1.2.</summary>
    public bool IsTls13 => Name.StartsWith("TLS_", StringComparison.Ordinal);

    /// <summary>Whether a name means this one: OpenSSL's, or that of the standard.</summary>
    public bool IsCalled(string name) =>
        name.Equals(Name, StringComparison.OrdinalIgnoreCase) || name.Equals(Suite.ToString(), StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether it belongs to a group, by the group's first name.</summary>
    public bool IsIn(string group) => _groups.Contains(group);
}
