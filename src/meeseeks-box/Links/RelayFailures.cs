using Serilog;

namespace MeeseeksBox.Agent.Links;

/// <summary>The failures of requests that peers were to answer for clients.</summary>
/// <remarks>The client receives the cause. A fault of this program is also logged, each once.</remarks>
/// <param name="createLogger">Creates the log of a peer.</param>
internal sealed class RelayFailures(Func<string, ILogger> createLogger)
{
    // Bounds the memory, and the log.
    private const int Most = 20;

    private readonly Lock _lock = new();
    private readonly HashSet<(string Peer, string Problem)> _logged = [];

    /// <summary>Logs a failure if it is a fault of this program.</summary>
    public void Log(string peer, LinkException problem)
    {
        if (problem.InnerException is not { } fault)
            return;

        lock (_lock)
        {
            if (_logged.Count == Most || !_logged.Add((peer, problem.Message)))
                return;
        }

        createLogger($"Link.{peer}").Error(fault, "request to {Peer} failed: internal error; please report it", peer);
    }
}
