using MeeseeksBox.Configuration;
using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.Tls;

namespace MeeseeksBox.Agent.Configuration;

/// <summary>An entry of <c>nodes</c>: the link to a downstream node (docs/SPECIFICATION.md#link-settings).</summary>
internal sealed record LinkConfig
{
    private static readonly LinkConfig Default = new() { Address = string.Empty };

    /// <summary>The address or host name; by default the node's name.</summary>
    public required string Address { get; init; }

    /// <summary>The port, 1 to 65535.</summary>
    public int Port { get; init; } = ListenConfig.DefaultPort;

    /// <summary>Interval of the polls of a legacy node for jobs. More than 0 s.</summary>
    public TimeSpan Refresh { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest hold of a long poll, and interval of the polls of a legacy node for nodes and pools. More than 0 s.</summary>
    public TimeSpan Poll { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Timeout of connecting, sending and receiving. More than 0 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>TLS settings; null for plain text.</summary>
    public SslConfig? Ssl { get; init; }

    /// <summary>Reads an entry. Problems are added to the reader.</summary>
    /// <param name="name">The name of the node, which is the default of its address.</param>
    /// <param name="section">The entry.</param>
    public static LinkConfig Read(string name, SectionReader section) =>
        section.Address() is { } address && HostAddress.Parse(address) is { IsSuccess: true, Value: var parsed }
            ? Read(parsed.Host, parsed.Port, section)
            : Read(name, null, section);

    private static LinkConfig Read(string host, int? port, SectionReader section)
    {
        if (UnixAddress.PathOf(host) is not null)
            section.AddProblem("address", "a node is reached over TCP; write HOST or HOST:PORT");

        var common = ReadPort(section);
        return new LinkConfig
        {
            Address = host,
            Port = port ?? common ?? Default.Port,
            Refresh = section.SecondsAboveZero("refresh") ?? Default.Refresh,
            Poll = section.SecondsAboveZero("poll") ?? Default.Poll,
            Timeout = section.SecondsAboveZero("timeout") ?? Default.Timeout,
            Ssl = TlsConfigReader.ReadClient(section),
        };
    }

    // Several ports in the defaults are the ports that boxes listen on. The node is reachable at each of them, so the first one will do.
    private static int? ReadPort(SectionReader section)
    {
        var ports = ListenConfig.ReadPorts(section, least: 1);
        if (ports is { Count: > 1 } && section.Keys.Contains("port"))
            section.AddProblem("port", "a node is reached at one port; several are for listen.port");
        return ports?[0];
    }
}
