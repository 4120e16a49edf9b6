using System.Net;
using System.Net.Sockets;
using MeeseeksBox.Protocol.Configuration;
using MeeseeksBox.Protocol.Tls;
using MeeseeksBox.Testing;
using MeeseeksBox.Testing.Certificates;

namespace MeeseeksBox.Protocol.Tests.Tls;

/// <summary>Brings a client and a server together over a socket, with certificates in a folder of their own.</summary>
internal sealed class Handshake : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TemporaryFolder _folder = new();
    private readonly List<IDisposable> _open = [];

    public Handshake()
    {
        Certificate = Authority.Sign("server");
        Server = new SslConfig { Cert = Write("server.pem", Certificate.Together) };
        Client = new SslConfig { CaFile = Write("ca.pem", Authority.Pem) };
    }

    /// <summary>Signs what both sides have.</summary>
    public TestAuthority Authority { get; } = new();

    /// <summary>What the server shows, unless a test changes that.</summary>
    public TestCertificate Certificate { get; }

    /// <summary>The section of the server.</summary>
    public SslConfig Server { get; set; }

    /// <summary>The section of the client.</summary>
    public SslConfig Client { get; set; }

    /// <summary>The name that the client asks for.</summary>
    public string Host { get; set; } = "localhost";

    /// <summary>Writes a file.</summary>
    /// <returns>Its path.</returns>
    public string Write(string name, string text) => _folder.Write(name, text);

    /// <summary>Makes a folder.</summary>
    /// <returns>Its path.</returns>
    public string Folder(string name) => _folder.Folder(name);

    /// <summary>Lets the two shake hands, and answers what each has come to: a stream, or why not.</summary>
    public async Task<(TlsStream? Server, TlsStream? Client, TlsException? ServerProblem, TlsException? ClientProblem)> RunAsync()
    {
        var server = TlsServer.Load(Server, out var faults);
        faults.Should().BeEmpty();
        var (one, other) = await ConnectAsync();
        var serving = Outcome(server!.AuthenticateAsync(one, TestContext.Current.CancellationToken));
        var connecting = Outcome(ConnectAsync(other));
        var (serverStream, serverProblem) = await serving.WaitAsync(Patience, TestContext.Current.CancellationToken);
        var (clientStream, clientProblem) = await connecting.WaitAsync(Patience, TestContext.Current.CancellationToken);
        return (serverStream, clientStream, serverProblem, clientProblem);
    }

    /// <summary>The client's part, over a stream.</summary>
    public Task<TlsStream> ConnectAsync(Stream stream)
    {
        var client = TlsClient.Load(Client, out var faults);
        faults.Should().BeEmpty();
        return client!.AuthenticateAsync(stream, Host, TestContext.Current.CancellationToken);
    }

    /// <summary>The two ends of a connection.</summary>
    public async Task<(NetworkStream Server, NetworkStream Client)> ConnectAsync()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var client = new TcpClient();
        _open.Add(client);
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint, TestContext.Current.CancellationToken);
        var server = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        _open.Add(server);
        return (server.GetStream(), client.GetStream());
    }

    public void Dispose()
    {
        _open.ForEach(each => each.Dispose());
        Authority.Dispose();
        _folder.Dispose();
    }

    private static async Task<(TlsStream? Stream, TlsException? Problem)> Outcome(Task<TlsStream> handshake)
    {
        try
        {
            return (await handshake, null);
        }
        catch (TlsException problem)
        {
            return (null, problem);
        }
    }
}
