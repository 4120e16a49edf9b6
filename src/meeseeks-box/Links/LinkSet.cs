using System.Collections.Concurrent;
using MeeseeksBox.Agent.Configuration;
using MeeseeksBox.Agent.State;
using MeeseeksBox.Core.Membership;
using MeeseeksBox.Core.Replication;
using Serilog;

namespace MeeseeksBox.Agent.Links;

/// <summary>The links of this node, one for each entry of <c>nodes</c>.</summary>
internal sealed class LinkSet
{
    private readonly ConcurrentDictionary<Peer, Link> _links = new();
    private readonly ConcurrentDictionary<Link, Task> _runs = new();
    private readonly CoreHost _host;
    private readonly TimeProvider _time;
    private readonly Func<string, ILogger> _createLogger;
    private readonly Func<string, Task, Task> _observe;

    public LinkSet(CoreHost host, TimeProvider time, Func<string, ILogger> createLogger, Func<string, Task, Task> observe)
    {
        (_host, _time, _createLogger, _observe) = (host, time, createLogger, observe);
        host.PeerWoken += Wake;
        host.NameConflict += Log;
    }

    /// <summary>Starts, restarts and ends links by a configuration. A link whose entry is unchanged continues.</summary>
    public async Task ApplyAsync(IReadOnlyDictionary<string, LinkConfig> nodes)
    {
        foreach (var link in _links.Values.ToArray())
        {
            var stays = nodes.TryGetValue(link.Peer.Name, out var config);
            if (stays && config == link.Config)
                continue;

            await EndAsync(link);
            if (stays)
            {
                Start(link.Peer, config!);
            }
            else
            {
                _host.Execute((core, now) => core.RemovePeer(link.Peer, now));
            }
        }

        foreach (var (name, config) in nodes)
        {
            if (!_links.Keys.Any(peer => peer.Name == name))
                Start(_host.Execute((core, now) => core.AddPeer(name, now)), config);
        }
    }

    /// <summary>Ends all links.</summary>
    public Task CompleteAsync() => Task.WhenAll(_links.Values.ToArray().Select(EndAsync));

    /// <summary>The connections to a peer for the output of its jobs; null when it is not linked any more.</summary>
    public RelayConnections? RelaysOf(string peer) => _links.FirstOrDefault(link => link.Key.Name == peer).Value?.Relays;

    /// <summary>The configuration of the link to a peer; null when it is not linked any more.</summary>
    public LinkConfig? ConfigOf(string peer) => _links.FirstOrDefault(link => link.Key.Name == peer).Value?.Config;

    private void Start(Peer peer, LinkConfig config)
    {
        var link = new Link(peer, config, _host, _time, _createLogger($"Link.{peer.Name}"));
        _links[peer] = link;
        _runs[link] = _observe($"link to {peer.Name}", link.RunAsync());
    }

    private async Task EndAsync(Link link)
    {
        link.Stop();
        _ = _links.TryRemove(link.Peer, out _);
        if (_runs.TryRemove(link, out var run))
        {
            await run;
            link.Dispose();
        }
    }

    private void Log(NameConflict conflict) => _createLogger($"Link.{conflict.Second}").Error(
        "two boxes have the name {Name}: {First} and {Second}; the second one gets no jobs; give every box a name of its own",
        conflict.Name, PlaceOf(conflict.Name, conflict.First), PlaceOf(conflict.Name, conflict.Second));

    private string PlaceOf(string name, string peer)
    {
        var address = ConfigOf(peer) is { } config ? $"{config.Address}:{config.Port}" : "a link that was removed";
        return peer == name ? $"at {address}" : $"at or behind {peer}, {address}";
    }

    private void Wake(Peer peer)
    {
        if (_links.TryGetValue(peer, out var link))
            link.Wake();
    }
}
