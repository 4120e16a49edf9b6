using System.Net;
using System.Net.Sockets;
using MeeseeksBox.Testing;
using MeeseeksBox.Testing.Certificates;
using MeeseeksBox.Tls;

namespace MeeseeksBox.Protocol.Tests.Tls;

/// <summary>A handshake of a client and a server over a socket, with temporary certificates.</summary>
internal sealed class Handshake : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<IDisposable> _open = [];

    public Handshake()
    {
        Certificate = Authority.Sign("server");
        Server = new SslConfig { Cert = Write("server.pem", Certificate.Together) };
        Client = new SslConfig { CaFile = Write("ca.pem", Authority.Pem) };
    }

    /// <summary>The authority of both sides.</summary>
    public TestAuthority Authority { get; } = new();

    /// <summary>The default certificate of the server.</summary>
    public TestCertificate Certificate { get; }

    /// <summary>The <c>ssl</c> section of the server.</summary>
    public SslConfig Server { get; set; }

    /// <summary>The <c>ssl</c> section of the client.</summary>
    public SslConfig Client { get; set; }

    /// <summary>The name that the client connects to.</summary>
    public string Host { get; set; } = "localhost";

    /// <summary>Writes a file.</summary>
    /// <returns>The path.</returns>
    public string Write(string name, string text) => _folder.Write(name, text);

    /// <summary>Creates a folder.</summary>
    /// <returns>The path.</returns>
    public string Folder(string name) => _folder.Folder(name);

    /// <summary>Runs the handshake; the result of each side is a stream or an error.</summary>
    public async Task<(TlsStream? Server, TlsStream? Client, TlsException? ServerProblem, TlsException? ClientProblem)> RunAsync()
    {
        var server = TlsServer.Load(Server, out var faults);
        faults.Should().BeEmpty();
        var (one, other) = await ConnectAsync();
        var serving = Outcome(server!.AuthenticateAsync(one, RefusalLine, TestContext.Current.CancellationToken));
        var connecting = Outcome(ConnectAsync(other));
        var (serverStream, serverProblem) = await serving.WaitAsync(Wait.Limit, TestContext.Current.CancellationToken);
        var (clientStream, clientProblem) = await connecting.WaitAsync(Wait.Limit, TestContext.Current.CancellationToken);
        return (serverStream, clientStream, serverProblem, clientProblem);
    }

    /// <summary>The line that a rejected client receives.</summary>
    public static byte[] RefusalLine(string problem) => ErrorLine.Of($"connection rejected: {problem}", ErrorCode.CertificateRefused);

    /// <summary>Runs the handshake of the client over a stream.</summary>
    public Task<TlsStream> ConnectAsync(Stream stream)
    {
        var client = TlsClient.Load(Client, out var faults);
        faults.Should().BeEmpty();
        return client!.AuthenticateAsync(stream, Host, TestContext.Current.CancellationToken);
    }

    /// <summary>Connects a client and a server, without TLS.</summary>
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
