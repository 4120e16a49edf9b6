namespace MeeseeksBox.Protocol.Tls;

/// <summary>The two sides of a connection.</summary>
internal enum TlsSide
{
    /// <summary>The side that connects.</summary>
    Client,

    /// <summary>The side that listens.</summary>
    Server,
}
