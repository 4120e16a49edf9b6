namespace MeeseeksBox.Testing.Certificates;

/// <summary>What a certificate of the tests is to be like.</summary>
/// <param name="Name">Its common name.</param>
public sealed record CertificateFor(string Name)
{
    /// <summary>The names of hosts that it is for.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = ["localhost"];

    /// <summary>The addresses that it is for.</summary>
    public IReadOnlyList<string> Addresses { get; init; } = ["127.0.0.1", "::1"];

    /// <summary>When it ends, in days from now; one that has ended began two days before.</summary>
    public int EndsInDays { get; init; } = 1;

    /// <summary>Whether its key is RSA; else it is an elliptic curve, which is made sooner.</summary>
    public bool IsRsa { get; init; }

    /// <summary>The uses that it is for, by their object identifiers; none: any.</summary>
    public IReadOnlyList<string> Uses { get; init; } = [];
}
