using MeeseeksBox.Protocol.Configuration;

namespace MeeseeksBox.Client;

/// <summary>Where the box is, and how patient the client is with it.</summary>
public sealed record MeeseeksClientOptions
{
    /// <summary>The port that a box listens on unless it is told otherwise.</summary>
    public const int DefaultPort = 13700;

    /// <summary>
    /// A name or an address. A name with several addresses: the first of them that takes the connection. <c>unix:/path</c>: the Unix socket
    /// of a box on this host; <see cref="Port"/> and <see cref="Ssl"/> do not count then.
    /// </summary>
    public string Address { get; init; } = "localhost";

    /// <summary>The port.</summary>
    public int Port { get; init; } = DefaultPort;

    /// <summary>How long a connection may take to come about, and how long a box that owes an answer may be silent.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often an old peer is asked for news; a box that can wait tells them at once.</summary>
    public TimeSpan Refresh { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How the connection is encrypted; null: it is not.</summary>
    public SslConfig? Ssl { get; init; }

    /// <summary>
    /// How long the very first connection is tried. Zero, the default, tries once: a box that was never there is more likely a wrong address
    /// than one that restarts. <see cref="System.Threading.Timeout.InfiniteTimeSpan"/> never gives up.
    /// </summary>
    public TimeSpan ConnectFor { get; init; } = TimeSpan.Zero;

    /// <summary>
    /// How long a box that was there before may be away: so long it is connected to again, with growing pauses. Zero tries once.
    /// <see cref="System.Threading.Timeout.InfiniteTimeSpan"/> never gives up.
    /// </summary>
    public TimeSpan ReconnectFor { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Whether a submit is sent again when the connection was lost before its answer came. For that a new job gets its id here, so that
    /// a second submit meets the job that the first one made. A submit that restarts a job (<c>state=new</c>) is never sent twice.
    /// </summary>
    public bool RetrySubmits { get; init; } = true;

    /// <summary>The clock for timeouts and pauses.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Whether to try again after a number of attempts: once more at all events after the first, and then as long as the patience lasts.</summary>
    internal bool IsWithin(TimeSpan timeout, long begin, int attempts) =>
        attempts is 1 || timeout == System.Threading.Timeout.InfiniteTimeSpan || Time.GetElapsedTime(begin) < timeout;
}
