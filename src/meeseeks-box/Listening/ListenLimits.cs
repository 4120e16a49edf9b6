using MeeseeksBox.Agent.Configuration;
using MeeseeksBox.Foundation.Unix;

namespace MeeseeksBox.Agent.Listening;

/// <summary>Limits for the clients of a listener.</summary>
/// <param name="LongestLine">Maximum length of a line in bytes.</param>
/// <param name="IdleTime">Maximum time between two lines; zero for no limit.</param>
/// <param name="Connections">Maximum number of connections at once.</param>
/// <param name="Reason">Origin of the limit of connections, for the log.</param>
internal sealed record ListenLimits(long LongestLine, TimeSpan IdleTime, int Connections, string Reason)
{
    // Connections leave a quarter of the file descriptors to jobs (three pipes each) and files.
    private const double ShareOfHandles = 0.75;

    /// <summary>Takes the limits from a configuration, capped by the limits of the system.</summary>
    public static ListenLimits Of(ListenConfig listen)
    {
        var room = (int)(FileHandles.Limit * ShareOfHandles);
        return listen.MaxConnections > 0 && listen.MaxConnections <= room
            ? new ListenLimits(listen.MaxRequest, listen.IdleTimeout, listen.MaxConnections, "listen.max_connections")
            : new ListenLimits(listen.MaxRequest, listen.IdleTimeout, room, "three quarters of the limit of open files");
    }
}
