using System.Net;
using System.Net.Sockets;
using Serilog;
using Serilog.Events;

namespace MeeseeksBox.Agent.Listening;

/// <summary>Logs rejected clients: a warning once an hour for each host and reason, DEBUG in between.</summary>
/// <remarks>Rejected clients usually reconnect in a loop.</remarks>
internal sealed class RejectionLog(TimeProvider time, ILogger log)
{
    // Bounds the memory: at this number of pairs of host and reason the table is cleared.
    private const int Most = 1000;
    private static readonly TimeSpan Silence = TimeSpan.FromHours(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Host, string Problem), long> _logged = [];

    /// <summary>Logs the rejection of a client.</summary>
    public void Log(Socket client, string problem)
    {
        var name = client.RemoteEndPoint?.ToString() ?? "without an address";
        var host = (client.RemoteEndPoint as IPEndPoint)?.Address.ToString() ?? name;
        var level = IsNew((host, problem)) ? LogEventLevel.Warning : LogEventLevel.Debug;
        log.Write(level, "client {Client} rejected: {Problem}", name, problem);
    }

    private bool IsNew((string Host, string Problem) refusal)
    {
        lock (_lock)
        {
            if (_logged.TryGetValue(refusal, out var last) && time.GetElapsedTime(last) < Silence)
                return false;

            if (_logged.Count >= Most)
                _logged.Clear();

            _logged[refusal] = time.GetTimestamp();
            return true;
        }
    }
}
