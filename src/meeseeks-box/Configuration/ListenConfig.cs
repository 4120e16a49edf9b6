using MeeseeksBox.Configuration;
using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.Protocol.Requests;
using MeeseeksBox.Tls;

namespace MeeseeksBox.Agent.Configuration;

/// <summary>The section <c>listen</c> (docs/SPECIFICATION.md#listen-settings).</summary>
internal sealed record ListenConfig
{
    /// <summary>Default port of a box.</summary>
    public const int DefaultPort = 13700;

    private const int HighestPort = 65535;

    // The depth of a job in a sync: the line, the request object, sync, the job, and a list in it.
    private const int LeastDepth = 5;

    private static readonly ListenConfig Default = new();

    /// <summary>Addresses, host names and <c>unix:/path</c> sockets, separated by commas.</summary>
    /// <remarks>A name means all its addresses. Ignored when <see cref="Prefix"/> is set.</remarks>
    public string Address { get; init; } = "localhost";

    /// <summary>The ports, each on all addresses: <c>port</c>, one or several; 0 means any free port.</summary>
    public PortList Ports { get; init; } = new(DefaultPort);

    /// <summary>Prefix of the address of this host to listen on. Null when it is not set, or when an address is set.</summary>
    public string? Prefix { get; init; }

    /// <summary>True when an address is none of a Unix socket.</summary>
    public bool HasTcp => Prefix is not null || Address.Split(',', StringSplitOptions.TrimEntries).Any(
        address => UnixAddress.PathOf(address) is null);

    /// <summary>Maximum length of a request line in bytes; more than 0.</summary>
    public int MaxRequest { get; init; } = 64 * 1024 * 1024;

    /// <summary>Maximum number of connections; 0 for the number that the limit of file descriptors allows.</summary>
    public int MaxConnections { get; init; }

    /// <summary>Maximum time between two lines of a client; zero for no limit.</summary>
    public TimeSpan IdleTimeout { get; init; }

    /// <summary>Maximum number of requests a second of each client; 0 for no limit.</summary>
    public double Rate { get; init; }

    /// <summary>Maximum nesting of lists and objects in a request, up to <see cref="RequestLine.DepthLimit"/>.</summary>
    public int MaxDepth { get; init; } = RequestLine.DepthLimit;

    /// <summary>Roles of clients.</summary>
    public AccessConfig Allow { get; init; } = AccessConfig.Open;

    /// <summary>File mode of Unix sockets.</summary>
    public UnixFileMode Mode { get; init; } =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;

    /// <summary>TLS settings; null for plain text.</summary>
    public SslConfig? Ssl { get; init; }

    /// <summary>Reads the ports of a section.</summary>
    /// <param name="section">A section with the key <c>port</c>.</param>
    /// <param name="least">0 if any free port is allowed, else 1.</param>
    public static IReadOnlyList<int>? ReadPorts(SectionReader section, int least) => section.WholeNumbers("port", least, HighestPort);

    private static string? FaultOf(string address) => (address, HostAddress.Parse(address)) switch
    {
        ("" or "*", _) => null,
        (_, { IsSuccess: false, Problem: var problem }) => problem,
        (_, { Value.Port: { } port }) =>
            $"'{address}' has a port, which is the setting listen.port; write listen.address={address[..address.LastIndexOf(':')]} "
            + $"listen.port={port}",
        _ => null,
    };

    private static UnixFileMode? ReadMode(SectionReader section)
    {
        if (section.Text("mode") is not { } text || section.Find("mode") is not { } setting)
            return null;

        if (text.Length is 3 or 4 && text.All(digit => digit is >= '0' and <= '7') && (text.Length is 3 || text[0] is '0'))
            return (UnixFileMode)Convert.ToInt32(text, 8);

        section.AddProblem(setting, $"{setting.Value.Display} is not a file mode; write it in octal, as in \"0660\"");
        return null;
    }

    /// <summary>Reads the section. Problems are added to the reader.</summary>
    public static ListenConfig Read(SectionReader section)
    {
        var address = section.Strings("address");
        var prefix = section.Text("prefix");
        var listen = new ListenConfig
        {
            Address = address ?? Default.Address,
            Ports = ReadPorts(section, least: 0) is { } ports ? new PortList(ports) : Default.Ports,
            Prefix = address is null ? prefix : null,
            MaxRequest = section.WholeNumber("max_request", least: 1) ?? Default.MaxRequest,
            MaxConnections = section.WholeNumber("max_connections", least: 0) ?? Default.MaxConnections,
            Rate = section.Number("rate", least: 0, most: 1_000_000) ?? Default.Rate,
            IdleTimeout = section.Seconds("idle_timeout") ?? Default.IdleTimeout,
            MaxDepth = section.WholeNumber("max_depth", LeastDepth, RequestLine.DepthLimit) ?? Default.MaxDepth,
            Allow = AccessConfig.Read(section),
            Mode = ReadMode(section) ?? Default.Mode,
            Ssl = TlsConfigReader.ReadServer(section),
        };
        var addresses = listen.Address.Split(',', StringSplitOptions.TrimEntries);
        if (section.Find("address") is { } setting
            && addresses.Select(FaultOf).FirstOrDefault(fault => fault is not null) is { } fault)
        {
            section.AddProblem(setting, fault);
        }

        if (listen.Allow.NamesSomebody
            && listen.Ssl is not { Verify: CertificateVerification.Optional or CertificateVerification.Required })
        {
            section.AddProblem(
                AccessConfig.Key, "it names clients, but no certificate is requested: set listen.ssl with verify 1 or 2 and a cafile");
        }

        return listen;
    }
}
