using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Testing;
using MeeseeksBox.Testing.Certificates;

namespace MeeseeksBox.EndToEnd.Tls;

/// <summary>Boxes with TLS that tests share, one for each value of <c>listen.ssl.verify</c>; each is started at its first use.</summary>
/// <remarks>
/// A box logs a rejection once for each host and reason, so each rejected client connects from a <see cref="Some.Loopback"/> of its own.
/// </remarks>
public sealed class TlsBoxes : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Lazy<Task<RunningBox>> _open;
    private readonly Lazy<Task<RunningBox>> _asking;
    private readonly Lazy<Task<RunningBox>> _strict;

    public TlsBoxes()
    {
        var certificate = _folder.Write("box.pem", Authority.Sign("box").Together);
        AuthorityFile = _folder.Write("ca.pem", Authority.Pem);
        Lazy<Task<RunningBox>> Box(int verify, params string[] words) => new(() => RunningBox.StartAsync(
        [
            "pools.p=", $"listen.ssl.cert={certificate}", $"listen.ssl.cafile={AuthorityFile}", $"listen.ssl.verify={verify}", .. words,
        ]));
        _open = Box(verify: 0);
        _asking = Box(verify: 1, "logging.level=DEBUG", "listen.max_request=100");
        _strict = Box(verify: 2);
    }

    /// <summary>The authority that signed the certificates of the boxes.</summary>
    public TestAuthority Authority { get; } = new();

    /// <summary>An authority that the boxes do not trust.</summary>
    public TestAuthority Other { get; } = new("Other CA");

    /// <summary>The file with the certificate of <see cref="Authority"/>.</summary>
    public string AuthorityFile { get; }

    /// <summary>The box that verifies no client.</summary>
    public Task<RunningBox> Open => _open.Value;

    /// <summary>The box that verifies certificates, and requires none; it logs at level DEBUG, and accepts 100 bytes a line.</summary>
    public Task<RunningBox> Asking => _asking.Value;

    /// <summary>The box that requires a certificate.</summary>
    public Task<RunningBox> Strict => _strict.Value;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var box in new[] { _open, _asking, _strict })
        {
            if (box.IsValueCreated)
                await (await box.Value).DisposeAsync();
        }

        Authority.Dispose();
        Other.Dispose();
        _folder.Dispose();
    }
}
