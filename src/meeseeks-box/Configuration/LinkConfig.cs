using MeeseeksBox.Protocol.Configuration;
using MeeseeksBox.Protocol.Tls;

namespace MeeseeksBox.Agent.Configuration;

/// <summary>An entry of <c>nodes</c>: how to reach a downstream node (docs/SPECIFICATION.md#link-settings).</summary>
internal sealed record LinkConfig
{
    private static readonly LinkConfig Default = new() { Address = string.Empty };

    /// <summary>The address or host name; by default the node's name.</summary>
    public required string Address { get; init; }

    /// <summary>The port, 1 to 65535.</summary>
    public int Port { get; init; } = ListenConfig.DefaultPort;

    /// <summary>How long news may wait before it is exchanged, at most. More than 0 s.</summary>
    public TimeSpan Refresh { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How old the status of nodes and pools may get, at most. More than 0 s.</summary>
    public TimeSpan Poll { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long to wait for a connection, and for data to go or to come. More than 0 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How the connection is encrypted; null: it is not.</summary>
    public SslConfig? Ssl { get; init; }

    /// <summary>Reads an entry. What is wrong is told to the reader.</summary>
    /// <param name="name">The node's name.</param>
    /// <param name="section">The entry.</param>
    public static LinkConfig Read(string name, SectionReader section) => new()
    {
        Address = section.Text("address") ?? name,
        Port = ReadPort(section) ?? Default.Port,
        Refresh = section.SecondsAboveZero("refresh") ?? Default.Refresh,
        Poll = section.SecondsAboveZero("poll") ?? Default.Poll,
        Timeout = section.SecondsAboveZero("timeout") ?? Default.Timeout,
        Ssl = TlsConfigReader.ReadClient(section),
    };

    // Several ports in the defaults are those that boxes listen on: each of them leads to the node.
    private static int? ReadPort(SectionReader section)
    {
        var ports = ListenConfig.ReadPorts(section, least: 1);
        if (ports is { Count: > 1 } && section.Keys.Contains("port"))
            section.AddProblem("port", "a node is reached at one port; several are for listen.port");
        return ports?[0];
    }
}
