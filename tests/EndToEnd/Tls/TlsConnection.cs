using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using MeeseeksBox.Testing;
using MeeseeksBox.Testing.Certificates;

namespace MeeseeksBox.EndToEnd.Tls;

/// <summary>An encrypted connection of a client that shares no code with the box.</summary>
public sealed class TlsConnection : IDisposable
{
    private readonly TcpClient _client;
    private readonly SslStream _stream;
    private readonly StreamReader _reader;

    private TlsConnection(TcpClient client, SslStream stream)
    {
        _client = client;
        _stream = stream;
        _reader = new StreamReader(stream, new UTF8Encoding(false));
    }

    /// <summary>The common name in the certificate of the box.</summary>
    public string BoxName => ((X509Certificate2)_stream.RemoteCertificate!).GetNameInfo(X509NameType.SimpleName, forIssuer: false);

    /// <summary>Connects to a box.</summary>
    /// <param name="port">The port of the box.</param>
    /// <param name="trusted">The trusted authority.</param>
    /// <param name="certificate">The certificate of the client; null for none.</param>
    /// <param name="host">The expected name of the box.</param>
    /// <param name="from">The address of the client; null for any.</param>
    /// <exception cref="System.Security.Authentication.AuthenticationException">The certificate of the box is rejected.</exception>
    public static async Task<TlsConnection> OpenAsync(
        int port, TestAuthority trusted, TestCertificate? certificate = null, string host = "localhost", IPAddress? from = null)
    {
        var client = new TcpClient(new IPEndPoint(from ?? IPAddress.Any, 0)) { NoDelay = true };
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken);
            var stream = new SslStream(client.GetStream());
            var policy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            policy.CustomTrustStore.ImportFromPem(trusted.Pem);
            await stream.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = host,
                    CertificateChainPolicy = policy,
                    ClientCertificateContext = certificate is null
                        ? null
                        : SslStreamCertificateContext.Create(
                            X509Certificate2.CreateFromPem(certificate.Pem, certificate.Key), null, offline: true),
                },
                TestContext.Current.CancellationToken).WaitAsync(Wait.Limit);
            return new TlsConnection(client, stream);
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>Sends a line and receives the answer to it.</summary>
    public async Task<JsonElement> AskAsync(string line)
    {
        await _stream.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"), TestContext.Current.CancellationToken).AsTask().WaitAsync(Wait.Limit);
        return JsonElement.Parse(
            await ReadLineAsync() ?? throw new EndOfStreamException("The box closed the connection instead of answering."));
    }

    /// <summary>Receives a line; null when the box has closed the connection.</summary>
    public async Task<string?> ReadLineAsync() =>
        await _reader.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Wait.Limit);

    /// <inheritdoc/>
    public void Dispose()
    {
        _reader.Dispose();
        _stream.Dispose();
        _client.Dispose();
    }
}
