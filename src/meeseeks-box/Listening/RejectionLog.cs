using System.Net;
using System.Net.Sockets;
using Serilog;
using Serilog.Events;

namespace MeeseeksBox.Agent.Listening;

/// <summary>Tells of those who are not let in: for the same reason and the same host once an hour, since who is refused tries again and again.</summary>
/// <param name="time">The clock.</param>
/// <param name="log">Where it tells; what it has told before goes there as DEBUG.</param>
internal sealed class RejectionLog(TimeProvider time, ILogger log)
{
    // Hosts can be many; when more than these have been refused, it begins anew.
    private const int Most = 1000;
    private static readonly TimeSpan Silence = TimeSpan.FromHours(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Host, string Problem), long> _logged = [];

    /// <summary>A client was not let in.</summary>
    public void Log(Socket client, string problem)
    {
        var name = client.RemoteEndPoint?.ToString() ?? "a client";
        var host = (client.RemoteEndPoint as IPEndPoint)?.Address.ToString() ?? name;
        log.Write(IsNew((host, problem)) ? LogEventLevel.Warning : LogEventLevel.Debug, "{Client} is not let in: {Problem}", name, problem);
    }

    private bool IsNew((string Host, string Problem) refusal)
    {
        lock (_lock)
        {
            if (_logged.TryGetValue(refusal, out var last) && time.GetElapsedTime(last) < Silence)
            {
                return false;
            }

            if (_logged.Count >= Most)
            {
                _logged.Clear();
            }

            _logged[refusal] = time.GetTimestamp();
            return true;
        }
    }
}
