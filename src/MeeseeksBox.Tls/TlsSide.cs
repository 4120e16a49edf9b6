namespace MeeseeksBox.Tls;

/// <summary>The two sides of a connection.</summary>
internal enum TlsSide
{
    /// <summary>The connecting side.</summary>
    Client,

    /// <summary>The listening side.</summary>
    Server,
}
