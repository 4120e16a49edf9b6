using MeeseeksBox.Tls;

namespace MeeseeksBox.Client;

/// <summary>The address of the box, and the timeouts of the client.</summary>
public sealed record MeeseeksClientOptions
{
    /// <summary>The default port of a box.</summary>
    public const int DefaultPort = 13700;

    /// <summary>A host name, an IP address, or <c>unix:/path</c> for the Unix socket of a box on this host.</summary>
    /// <remarks>
    /// A port after the host (<c>head1:13700</c>, <c>[::1]:13700</c>) counts before <see cref="Port"/>.
    /// Of a name with several addresses, the first that accepts the connection is used. A Unix socket ignores <see cref="Port"/> and
    /// <see cref="Ssl"/>.
    /// </remarks>
    public string Address { get; init; } = "localhost";

    /// <summary>The TCP port of the box.</summary>
    public int Port { get; init; } = DefaultPort;

    /// <summary>The limit for opening a connection, and for silence of the box while an answer is due.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The interval at which a legacy node is polled; other boxes send changes at once.</summary>
    public TimeSpan Refresh { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The TLS settings; null: no encryption.</summary>
    public SslConfig? Ssl { get; init; }

    /// <summary>How long the first connection is retried. Zero, the default, tries once.</summary>
    /// <remarks>
    /// A box that was never reached is more likely a wrong address than a box that restarts.
    /// <see cref="System.Threading.Timeout.InfiniteTimeSpan"/> never gives up.
    /// </remarks>
    public TimeSpan ConnectFor { get; init; } = TimeSpan.Zero;

    /// <summary>How long a lost connection is retried, with growing pauses. Zero tries once.</summary>
    /// <remarks><see cref="System.Threading.Timeout.InfiniteTimeSpan"/> never gives up.</remarks>
    public TimeSpan ReconnectFor { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Called when a box that was reached before has been away for two seconds, once by each connection to it.</summary>
    /// <remarks>The attempts go on. It must return quickly, and may be called by several threads.</remarks>
    public Action<MeeseeksConnectionException>? Unreachable { get; init; }

    /// <summary>Whether a submit is sent again if the connection was lost before its answer arrived.</summary>
    /// <remarks>
    /// The client then chooses the id of a new job, so a second submit finds the job of the first. A submit that restarts a job
    /// (<c>state=new</c>) is never sent twice.
    /// </remarks>
    public bool RetrySubmits { get; init; } = true;

    /// <summary>The longest answer that is accepted, in bytes. More is a lost connection.</summary>
    public int MaxAnswer { get; init; } = 512 * 1024 * 1024;

    /// <summary>The source of time for timeouts and pauses.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Whether to try again: always after the first attempt, then until the timeout.</summary>
    internal bool IsWithin(TimeSpan timeout, long begin, int attempts) =>
        attempts is 1 || timeout == System.Threading.Timeout.InfiniteTimeSpan || Time.GetElapsedTime(begin) < timeout;
}
