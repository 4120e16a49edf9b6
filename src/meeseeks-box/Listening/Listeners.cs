using System.Net.Sockets;
using MeeseeksBox.Agent.Configuration;
using MeeseeksBox.Protocol.Tls;
using Serilog;

namespace MeeseeksBox.Agent.Listening;

/// <summary>Takes clients where the configuration says, and moves when it says something else.</summary>
/// <param name="handlers">Makes a handler for each connection, given the name in the client's certificate, if there is one.</param>
/// <param name="watch">Watches a loop, which it is given with a name.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Where it tells of itself.</param>
internal sealed class Listeners(Func<string?, ILineHandler> handlers, Func<string, Task, Task> watch, TimeProvider time, ILogger log) : IAsyncDisposable
{
    // The last one takes clients; those before it only serve theirs to the end.
    private IReadOnlyList<Listener> _all = [];

    // The port that was chosen last where 0 was asked for.
    private int _freePort;

    /// <summary>The ports that are listened on, with the one that was chosen where 0 was asked for.</summary>
    public PortList Ports { get; private set; } = new(0);

    /// <summary>Begins to take clients.</summary>
    /// <returns>Why it cannot; nothing when it does.</returns>
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
                log.Warning("whoever reaches this host can {What} here, unencrypted: set listen.ssl, or listen on localhost", What(listen.Allow.RoleOf(name: null)));
            }

            var listener = Listener.Start(sockets, ListenLimits.Of(listen), new TransportNegotiator(tls, listen.IdleTimeout, time, log), handlers, time, log);
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

    /// <summary>Takes clients by another configuration from now on. Who is connected stays so: that may be the very client that sent it.</summary>
    /// <returns>Why it cannot, and goes by the old one then; nothing when it does.</returns>
    public async Task<IReadOnlyList<string>> RebindAsync(ListenConfig old, ListenConfig listen, CancellationToken stop)
    {
        // The former one goes first, because the new one may want its port.
        var former = _all[^1];
        await former.StopAcceptingAsync();
        var freePort = old.Ports.All.Contains(0) ? _freePort : 0;
        var problems = await StartAsync(listen with { Ports = listen.Ports.WithFreePort(freePort) }, stop);
        return problems is [] ? problems : [.. problems, .. await StartAsync(old with { Ports = old.Ports.WithFreePort(freePort) }, stop)];
    }

    /// <summary>Reads the certificates again, which may have been renewed. New clients are let in by them; who is connected stays so.</summary>
    /// <returns>What is wrong with them, and the old ones go on then; nothing when the new ones are in use.</returns>
    public IReadOnlyList<string> RenewCertificates(ListenConfig listen)
    {
        var (tls, problems) = Load(listen);
        if (problems is [])
        {
            _all[^1].Transport.Tls = tls;
        }

        return problems;
    }

    /// <summary>Ends every connection, as <see cref="Listener.DisposeAsync"/> does.</summary>
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

    // The configuration was good a moment ago, and so were its files: what is wrong now has just been written.
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
