namespace MeeseeksBox.Testing.Certificates;

/// <summary>The properties of a test certificate.</summary>
/// <param name="Name">The common name.</param>
public sealed record CertificateFor(string Name)
{
    /// <summary>The host names that it is for.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = ["localhost"];

    /// <summary>The addresses that it is for.</summary>
    public IReadOnlyList<string> Addresses { get; init; } = ["127.0.0.1", "::1"];

    /// <summary>The end of its validity in days from now.</summary>
    public int EndsInDays { get; init; } = 100;

    /// <summary>The days for which it is valid.</summary>
    public int Days { get; init; } = 102;

    /// <summary>Whether the key is RSA; otherwise an elliptic curve, which is created faster.</summary>
    public bool IsRsa { get; init; }

    /// <summary>The extended key usages by their object identifiers; empty for any use.</summary>
    public IReadOnlyList<string> Uses { get; init; } = [];
}
