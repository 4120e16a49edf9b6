using MeeseeksBox.Agent.Configuration;
using MeeseeksBox.Agent.State;
using MeeseeksBox.Agent.Supervision;
using MeeseeksBox.Agent.Tests.Outputs;
using MeeseeksBox.Core.Settings;
using MeeseeksBox.Testing;
using MeeseeksBox.Testing.Certificates;
using MeeseeksBox.Tls;
using Microsoft.Extensions.Time.Testing;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace MeeseeksBox.Agent.Tests.Supervision;

/// <summary>Own certificates that expire (docs/SPECIFICATION.md#own-certificates).</summary>
public sealed class CertificateCheckTests : ILogEventSink, IDisposable
{
    private static readonly DateTimeOffset Start = TimeProvider.System.GetUtcNow();

    private readonly TestAuthority _authority = new();
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(Start);
    private readonly List<string> _lines = [];
    private readonly CoreHost _host;

    public CertificateCheckTests() =>
        _host = new CoreHost(new NodeSettings { Name = "n1" }, NoOutputs.Store, _time, problem => throw problem);

    [Fact]
    public void Each_file_of_listener_and_links_is_named_once()
    {
        var config = new BoxConfig
        {
            Listen = new ListenConfig { Ssl = Ssl("own", 100) },
            Nodes = new Dictionary<string, LinkConfig>
            {
                ["n2"] = new() { Address = "n2", Ssl = Ssl("link", 5) },
                ["n3"] = new() { Address = "n3", Ssl = Ssl("link", 5) },
                ["n4"] = new() { Address = "n4" },
            },
        };

        CertificateCheck.Warnings(config, Start).Should().ContainSingle()
            .Which.Should().StartWith($"{_folder.File("link.pem")}: the certificate 'CN=link' expires on ");
        CertificateCheck.Warnings(config, Start.AddDays(80)).Should().HaveCount(2);
    }

    [Fact]
    public async Task A_warning_is_logged_at_the_start_and_every_day_and_a_reload_ends_it()
    {
        using var check = new CertificateCheck(_host, _time, new LoggerConfiguration().WriteTo.Sink(this).CreateLogger());
        check.Apply(With("own", 1));
        _time.Advance(TimeSpan.FromHours(1));
        var loop = check.RunAsync();
        await Until(() => Lines.Length is 1 && EndOf() is not null);
        EndOf()!.Value.Should().BeCloseTo(Start.AddDays(1).ToUnixTimeSeconds(), 300);

        _time.Advance(TimeSpan.FromDays(1));
        await Until(() => Lines.Length is 2);
        Lines[0].Should().Contain("expires on").And.NotBe(Lines[1]);
        Lines[1].Should().Contain("has expired on");

        check.Apply(With("renewed", 100));
        await Until(() => EndOf() > Start.AddDays(99).ToUnixTimeSeconds());
        _time.Advance(TimeSpan.FromDays(1));
        check.Apply(new BoxConfig());
        await Until(() => EndOf() is null);
        check.Complete();
        await loop;

        Lines.Should().HaveCount(2);
    }

    void ILogEventSink.Emit(LogEvent logEvent)
    {
        lock (_lines)
            _lines.Add(logEvent.RenderMessage());
    }

    public void Dispose()
    {
        _host.Dispose();
        _folder.Dispose();
        _authority.Dispose();
    }

    private string[] Lines
    {
        get
        {
            lock (_lines)
                return [.. _lines];
        }
    }

    private BoxConfig With(string name, int days) => new() { Listen = new ListenConfig { Ssl = Ssl(name, days) } };

    private SslConfig Ssl(string name, int days) => new()
    {
        Cert = _folder.Write($"{name}.pem", _authority.Sign(new CertificateFor(name) { EndsInDays = days, Days = days + 1 }).Together),
    };

    private long? EndOf() => _host.Execute((core, now) => core.OwnStatus(now).CertUntil);

    private Task Until(Func<bool> condition) =>
        Wait.Until(condition, () => $"{EndOf()}: {string.Join('\n', Lines)}", TestContext.Current.CancellationToken);
}
