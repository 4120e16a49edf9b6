using System.Net;
using System.Net.Sockets;
using Serilog;
using Serilog.Events;

namespace MeeseeksBox.Agent.Listening;

/// <summary>Logs rejected clients: a warning once an hour for each host and reason, DEBUG in between.</summary>
/// <remarks>Rejected clients usually reconnect in a loop.</remarks>
internal sealed class RejectionLog(TimeProvider time, ILogger log)
{
    private readonly LogPause<(string Host, string Problem)> _pause = new(TimeSpan.FromHours(1), time);

    /// <summary>Logs the rejection of a client.</summary>
    public void Log(Socket client, string problem)
    {
        var name = client.RemoteEndPoint?.ToString() ?? "without an address";
        var host = (client.RemoteEndPoint as IPEndPoint)?.Address.ToString() ?? name;
        var level = _pause.IsOver((host, problem)) ? LogEventLevel.Warning : LogEventLevel.Debug;
        log.Write(level, "client {Client} rejected: {Problem}", name, problem);
    }
}
