using MeeseeksBox.Protocol.Configuration;
using MeeseeksBox.Protocol.Requests;
using MeeseeksBox.Protocol.Tls;
using MeeseeksBox.Protocol.Unix;

namespace MeeseeksBox.Agent.Configuration;

/// <summary>The section <c>listen</c>: where requests are taken (docs/SPECIFICATION.md#listen-settings).</summary>
internal sealed record ListenConfig
{
    /// <summary>The port of meeseeks nodes.</summary>
    public const int DefaultPort = 13700;

    private const int HighestPort = 65535;

    // A job in a sync: a list, an object, sync, the job, and a list in it.
    private const int LeastDepth = 5;

    private static readonly ListenConfig Default = new();

    /// <summary>
    /// The address or name to listen on, or several joined by commas; a name that has several addresses means all of them, and
    /// <c>unix:/path</c> a Unix socket. Counts only when <see cref="Prefix"/> is not set.
    /// </summary>
    public string Address { get; init; } = "localhost";

    /// <summary>The ports, each on all addresses: <c>port</c>, one or several; 0 takes a free one.</summary>
    public PortList Ports { get; init; } = new(DefaultPort);

    /// <summary>
    /// Listen on the host's address that starts with this. Null when it is not set, or when an address is set, which counts
    /// more.
    /// </summary>
    public string? Prefix { get; init; }

    /// <summary>The longest request line, in bytes; more than 0.</summary>
    public int MaxRequest { get; init; } = 64 * 1024 * 1024;

    /// <summary>How many clients may be connected at once; 0 for as many as the limit of file handles leaves room for.</summary>
    public int MaxConnections { get; init; }

    /// <summary>How long a client may take to send its next line; zero for ever.</summary>
    public TimeSpan IdleTimeout { get; init; }

    /// <summary>How deep lists and objects may stand in each other, at most <see cref="RequestLine.DepthLimit"/>.</summary>
    public int MaxDepth { get; init; } = RequestLine.DepthLimit;

    /// <summary>Who may do what.</summary>
    public AccessConfig Allow { get; init; } = AccessConfig.Open;

    /// <summary>Who may open a Unix socket, as the bits of its mode.</summary>
    public UnixFileMode Mode { get; init; } = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;

    /// <summary>How connections are encrypted; null: they are not.</summary>
    public SslConfig? Ssl { get; init; }

    /// <summary>Reads the ports of a section.</summary>
    /// <param name="section">The section that has the key <c>port</c>.</param>
    /// <param name="least">0 where a free port may be asked for, else 1.</param>
    public static IReadOnlyList<int>? ReadPorts(SectionReader section, int least) => section.WholeNumbers("port", least, HighestPort);

    private static UnixFileMode? ReadMode(SectionReader section)
    {
        if (section.Text("mode") is not { } text || section.Find("mode") is not { } setting)
        {
            return null;
        }

        if (text.Length is 3 or 4 && text.All(digit => digit is >= '0' and <= '7') && (text.Length is 3 || text[0] is '0'))
        {
            return (UnixFileMode)Convert.ToInt32(text, 8);
        }

        section.AddProblem(setting, $"{setting.Value.Display} is no mode of a file; write it in octal, as in \"0660\"");
        return null;
    }

    /// <summary>Reads the section. What is wrong is told to the reader.</summary>
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
            IdleTimeout = section.Seconds("idle_timeout") ?? Default.IdleTimeout,
            MaxDepth = section.WholeNumber("max_depth", LeastDepth, RequestLine.DepthLimit) ?? Default.MaxDepth,
            Allow = AccessConfig.Read(section),
            Mode = ReadMode(section) ?? Default.Mode,
            Ssl = TlsConfigReader.ReadServer(section),
        };
        if (section.Find("address") is { } setting && listen.Address.Split(',', StringSplitOptions.TrimEntries).Select(UnixAddress.FaultOf).FirstOrDefault(fault => fault is not null) is { } fault)
        {
            section.AddProblem(setting, fault);
        }

        if (listen.Allow.NamesSomebody && listen.Ssl is not { Verify: CertificateVerification.Optional or CertificateVerification.Required })
        {
            section.AddProblem(AccessConfig.Key, "it names clients, but nobody is asked for a certificate: set listen.ssl with verify 1 or 2 and a cafile");
        }

        return listen;
    }
}
