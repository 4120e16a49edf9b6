using System.Globalization;
using MeeseeksBox.Core;

namespace MeeseeksBox.Agent.State;

/// <summary>The load average of this host, which the core gets every few seconds.</summary>
internal sealed class Loadavg
{
    private static readonly TimeSpan Age = TimeSpan.FromSeconds(5);

    private double _readAt = double.NegativeInfinity;

    /// <summary>Sets the load average of the core when the last one is too old.</summary>
    public void Refresh(NodeCore core, Instant now)
    {
        if (now.Monotonic - _readAt < Age.TotalSeconds)
            return;

        _readAt = now.Monotonic;
        if (Read() is { } load)
            core.SetLoadavg(load);
    }

    // The load average over one minute; null without /proc/loadavg or a free file descriptor.
    private static double? Read()
    {
        try
        {
            var text = File.ReadAllText("/proc/loadavg");
            return double.TryParse(text.AsSpan(0, text.IndexOf(' ')), CultureInfo.InvariantCulture, out var load) ? load : null;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException)
        {
            return null;
        }
    }
}
