using System.Net.Sockets;
using MeeseeksBox.Agent.Configuration;
using MeeseeksBox.Tls;
using Serilog;

namespace MeeseeksBox.Agent.Listening;

/// <summary>The listeners of a box: one that accepts clients, and previous ones that serve theirs to the end.</summary>
/// <param name="handlers">Creates the handler of a connection from the name in the client's certificate; null without one.</param>
/// <param name="watch">Observes a background loop under a name.</param>
/// <param name="time">The clock of all limits.</param>
/// <param name="log">Receives addresses, warnings and rejections.</param>
internal sealed class Listeners(Func<string?, ILineHandler> handlers, Func<string, Task, Task> watch, TimeProvider time, ILogger log)
    : IAsyncDisposable
{
    // The last one accepts clients.
    private IReadOnlyList<Listener> _all = [];

    // The port that the system chose last for a configured 0.
    private int _freePort;

    /// <summary>The bound ports, with the chosen port in place of a configured 0.</summary>
    public PortList Ports { get; private set; } = new(0);

    /// <summary>Starts to accept clients.</summary>
    /// <returns>The problems that prevent it; empty on success.</returns>
    public async Task<IReadOnlyList<string>> StartAsync(ListenConfig listen, CancellationToken stop)
    {
        var (tls, problems) = Load(listen);
        if (problems is not [])
        {
            return problems;
        }

        try
        {
            var addresses = await ListenAddress.ResolveAsync(listen, stop);
            var sockets = ListenSockets.Bind(addresses, listen.Ports, listen.Mode, log);
            if (tls is null && addresses.Any(ListenAddress.IsOpenToOthers))
            {
                log.Warning("listening without TLS on a non-loopback address: any host can {What}", What(listen.Allow.RoleOf(name: null)));
            }

            var transport = new TransportNegotiator(tls, listen.IdleTimeout, time, log);
            var listener = Listener.Start(sockets, ListenLimits.Of(listen), transport, handlers, time, log);
            _ = watch("listener", listener.Completion);
            _all = [.. _all, listener];
            _freePort = listener.FreePort is 0 ? _freePort : listener.FreePort;
            Ports = listen.Ports.WithFreePort(listener.FreePort);
            return [];
        }
        catch (Exception problem) when (problem is SocketException or IOException)
        {
            var place = $"{listen.Prefix ?? listen.Address}{(problem is PortException ? "" : ":")}";
            return [$"listen: cannot listen on {place} {problem.Message}"];
        }
    }

    /// <summary>Replaces the listener by one with another configuration.</summary>
    /// <remarks>Connections stay open, because one of them may be that of the client that sent the configuration.</remarks>
    /// <returns>The problems, with the old configuration bound again; empty on success.</returns>
    public async Task<IReadOnlyList<string>> RebindAsync(ListenConfig old, ListenConfig listen, CancellationToken stop)
    {
        // The previous listener closes first, because the new one may need its port.
        var previous = _all[^1];
        await previous.StopAcceptingAsync();
        var freePort = old.Ports.All.Contains(0) ? _freePort : 0;
        var problems = await StartAsync(listen with { Ports = listen.Ports.WithFreePort(freePort) }, stop);
        return problems is [] ? problems : [.. problems, .. await StartAsync(old with { Ports = old.Ports.WithFreePort(freePort) }, stop)];
    }

    /// <summary>Reads the certificates again, for new connections; existing ones keep theirs.</summary>
    /// <returns>The problems, with the old certificates in use; empty on success.</returns>
    public IReadOnlyList<string> RenewCertificates(ListenConfig listen)
    {
        var (tls, problems) = Load(listen);
        if (problems is [])
        {
            _all[^1].Transport.Tls = tls;
        }

        return problems;
    }

    /// <summary>Disposes all listeners (<see cref="Listener.DisposeAsync"/>).</summary>
    public async ValueTask DisposeAsync()
    {
        var all = Interlocked.Exchange(ref _all, []);
        await Task.WhenAll(all.Select(listener => listener.DisposeAsync().AsTask()));
    }

    private static string What(Role role) => role switch
    {
        Role.Read => "read all jobs",
        Role.Submit => "submit jobs and so run programs",
        Role.Admin => "run programs and change the configuration",
        _ => "connect",
    };

    // Reading the configuration has checked the same files already; a problem here means that a file has changed since.
    private static (TlsServer? Tls, IReadOnlyList<string> Problems) Load(ListenConfig listen)
    {
        if (listen.Ssl is null)
        {
            return (null, []);
        }

        var tls = TlsServer.Load(listen.Ssl, out var faults);
        return (tls, [.. faults.Select(error => $"listen.ssl.{error}")]);
    }
}
