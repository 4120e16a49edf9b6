using MeeseeksBox.Protocol.Configuration;
using MeeseeksBox.Protocol.Tls;

namespace MeeseeksBox.Agent.Configuration;

/// <summary>The section <c>listen</c>: where requests are taken (README, configuration; SPEC.md §1.4).</summary>
internal sealed record ListenConfig
{
    /// <summary>The port of meeseeks nodes.</summary>
    public const int DefaultPort = 13700;

    private const int HighestPort = 65535;

    private static readonly ListenConfig Default = new();

    /// <summary>
    /// The address or name to listen on; a name that has several addresses means all of them. Counts only when
    /// <see cref="Prefix"/> is not set.
    /// </summary>
    public string Address { get; init; } = "localhost";

    /// <summary>The port, 0 to 65535; 0 takes a free one.</summary>
    public int Port { get; init; } = DefaultPort;

    /// <summary>
    /// Listen on the host's address that starts with this. Null when it is not set, or when an address is set, which counts
    /// more.
    /// </summary>
    public string? Prefix { get; init; }

    /// <summary>The longest request line, in bytes; more than 0.</summary>
    public int MaxRequest { get; init; } = 64 * 1024 * 1024;

    /// <summary>How connections are encrypted; null: they are not.</summary>
    public SslConfig? Ssl { get; init; }

    /// <summary>Reads a port.</summary>
    /// <param name="section">The section that has the port.</param>
    /// <param name="least">0 where a free port may be taken, else 1.</param>
    public static int? ReadPort(SectionReader section, int least) => section.Whole("port", least, HighestPort);

    /// <summary>Reads the section. What is wrong is told to the reader.</summary>
    public static ListenConfig Read(SectionReader section)
    {
        var address = section.Text("address");
        var prefix = section.Text("prefix");
        return new ListenConfig
        {
            Address = address ?? Default.Address,
            Port = ReadPort(section, least: 0) ?? Default.Port,
            Prefix = address is null ? prefix : null,
            MaxRequest = section.Whole("max_request", least: 1) ?? Default.MaxRequest,
            Ssl = TlsSection.ReadServer(section),
        };
    }
}
