using MeeseeksBox.Agent.Configuration;
using MeeseeksBox.Agent.State;
using MeeseeksBox.Foundation.Tasks;
using MeeseeksBox.Tls;
using Serilog;

namespace MeeseeksBox.Agent.Supervision;

/// <summary>Warns of own certificates that are not valid, or soon will not be (docs/SPECIFICATION.md#own-certificates).</summary>
/// <remarks>The listener has its certificate since the last configuration. A link reads its files at each connection.</remarks>
internal sealed class CertificateCheck(CoreHost host, TimeProvider time, ILogger log) : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromDays(1);

    private readonly AsyncSignal _changed = new();
    private readonly CancellationTokenSource _stop = new();
    private volatile Certificates _certificates = new([], []);

    /// <summary>The warnings about the own certificates of a configuration.</summary>
    public static IReadOnlyList<string> Warnings(BoxConfig config, DateTimeOffset now) => Warnings(Certificates.Of(config).All, now);

    /// <summary>Checks the certificates of a configuration that is in force now.</summary>
    public void Apply(BoxConfig config)
    {
        _certificates = Certificates.Of(config);
        _changed.Set();
    }

    /// <summary>Logs each warning once a day, and after a configuration those that are new.</summary>
    public async Task RunAsync()
    {
        IReadOnlyList<string> logged = [];
        long? published = null;
        var loggedAt = time.GetTimestamp();
        while (!_stop.IsCancellationRequested)
        {
            var rest = Interval - time.GetElapsedTime(loggedAt);
            if (rest <= TimeSpan.Zero)
                (logged, loggedAt, rest) = ([], time.GetTimestamp(), Interval);

            var all = _certificates.All;
            var warnings = Warnings(all, time.GetUtcNow());
            foreach (var warning in warnings.Except(logged))
                log.Warning("certificate: {Warning}", warning);

            logged = warnings;
            long? until = all is [] ? null : all.Min(certificate => certificate.Until.ToUnixTimeSeconds());
            if (until != published)
                host.Execute((core, now) => core.SetCertificateEnd(until, now));
            published = until;
            try
            {
                await _changed.WaitAsync(rest, time, _stop.Token);
            }
            catch (OperationCanceledException)
            {
                // The box stops.
            }
        }
    }

    /// <summary>Ends <see cref="RunAsync"/>.</summary>
    public void Complete() => _stop.Cancel();

    /// <inheritdoc/>
    public void Dispose() => _stop.Dispose();

    private static IReadOnlyList<string> Warnings(IReadOnlyList<OwnCertificate> certificates, DateTimeOffset now) =>
        [.. certificates.Select(certificate => certificate.WarningAt(now)).OfType<string>().Distinct()];

    // Files that cannot be read are problems of the configuration, and of the connections.
    private sealed record Certificates(IReadOnlyList<OwnCertificate> Listener, IReadOnlyList<SslConfig> Links)
    {
        public IReadOnlyList<OwnCertificate> All =>
            [.. Listener, .. Links.SelectMany(ssl => TlsClient.Load(ssl, out _)?.Certificates ?? [])];

        public static Certificates Of(BoxConfig config)
        {
            var links = config.Nodes.Values.Select(link => link.Ssl).OfType<SslConfig>().Where(ssl => ssl.Cert is not null);
            var listener = config.Listen.Ssl is { } own ? TlsServer.Load(own, out _)?.Certificates : null;
            return new Certificates(listener ?? [], [.. links.DistinctBy(ssl => ssl.Cert)]);
        }
    }
}
