using MeeseeksBox.Agent.Configuration;
using MeeseeksBox.Agent.Host;

namespace MeeseeksBox.Agent.Listening;

/// <summary>What clients may do at most.</summary>
/// <param name="LongestLine">The longest line, in bytes.</param>
/// <param name="IdleTime">How long a client may take to send its next line; zero for ever.</param>
/// <param name="Connections">How many may be connected at once.</param>
/// <param name="Reason">What that limit is, for the log.</param>
internal sealed record ListenLimits(long LongestLine, TimeSpan IdleTime, int Connections, string Reason)
{
    // Of the handles that the process may have, what connections leave to jobs (three pipes each) and files.
    private const double ShareOfHandles = 0.75;

    /// <summary>The limits of a configuration, within those of the system.</summary>
    public static ListenLimits Of(ListenConfig listen)
    {
        var room = (int)(FileHandles.Limit * ShareOfHandles);
        return listen.MaxConnections > 0 && listen.MaxConnections <= room
            ? new ListenLimits(listen.MaxRequest, listen.IdleTimeout, listen.MaxConnections, "listen.max_connections")
            : new ListenLimits(listen.MaxRequest, listen.IdleTimeout, room, "three quarters of the limit of open files");
    }
}
