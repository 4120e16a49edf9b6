using System.Net.Sockets;
using MeeseeksBox.Agent.Configuration;
using MeeseeksBox.Protocol.Tls;
using Serilog;

namespace MeeseeksBox.Agent.Listening;

/// <summary>Takes clients where the configuration says, and moves when it says something else.</summary>
/// <param name="handlers">Makes a handler for each connection.</param>
/// <param name="watch">Watches a loop, which it is given with a name.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Where it tells of itself.</param>
internal sealed class Listeners(Func<ILineHandler> handlers, Func<string, Task, Task> watch, TimeProvider time, ILogger log) : IAsyncDisposable
{
    // The last one takes clients; those before it only serve theirs to the end.
    private IReadOnlyList<Listener> _all = [];

    /// <summary>The port that is listened on; 0 when there is none.</summary>
    public int Port => _all is [.., var present] ? present.Port : 0;

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
            var addresses = await ListenAddress.ResolveAsync(listen.Prefix is null ? listen.Address : null, listen.Prefix, stop);
            var listener = Listener.Start(addresses, listen.Port, new Entrance(tls, time, log), handlers, listen.MaxRequest, time, log);
            _ = watch("listener", listener.Completion);
            _all = [.. _all, listener];
            return [];
        }
        catch (Exception problem) when (problem is SocketException or IOException)
        {
            return [$"listen: cannot listen on {listen.Prefix ?? listen.Address} port {listen.Port}: {problem.Message}"];
        }
    }

    /// <summary>Takes clients by another configuration from now on. Who is connected stays so: that may be the very client that sent it.</summary>
    /// <returns>Why it cannot, and goes by the old one then; nothing when it does.</returns>
    public async Task<IReadOnlyList<string>> MoveAsync(ListenConfig old, ListenConfig listen, CancellationToken stop)
    {
        // The former one goes first, because the new one may want its port.
        var former = _all[^1];
        await former.StopAcceptingAsync();
        var problems = await StartAsync(listen.Port is 0 && old.Port is 0 ? listen with { Port = former.Port } : listen, stop);
        return problems is [] ? problems : [.. problems, .. await StartAsync(old with { Port = former.Port }, stop)];
    }

    /// <summary>Reads the certificates again, which may have been renewed. New clients are let in by them; who is connected stays so.</summary>
    /// <returns>What is wrong with them, and the old ones go on then; nothing when the new ones are in use.</returns>
    public IReadOnlyList<string> RenewCertificates(ListenConfig listen)
    {
        var (tls, problems) = Load(listen);
        if (problems is [])
        {
            _all[^1].Entrance.Tls = tls;
        }

        return problems;
    }

    /// <summary>Ends every connection, as <see cref="Listener.DisposeAsync"/> does.</summary>
    public async ValueTask DisposeAsync()
    {
        var all = Interlocked.Exchange(ref _all, []);
        await Task.WhenAll(all.Select(listener => listener.DisposeAsync().AsTask()));
    }

    // The configuration was good a moment ago, and so were its files: what is wrong now has just been written.
    private static (TlsServer? Tls, IReadOnlyList<string> Problems) Load(ListenConfig listen)
    {
        if (listen.Ssl is null)
        {
            return (null, []);
        }

        var tls = TlsServer.Load(listen.Ssl, out var faults);
        return (tls, [.. faults.Select(fault => $"listen.ssl.{fault}")]);
    }
}
