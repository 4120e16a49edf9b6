using System.Globalization;

namespace MeeseeksBox.Agent.State;

/// <summary>Reads the load average of this host.</summary>
internal static class Loadavg
{
    /// <summary>The load average over one minute; null without <c>/proc/loadavg</c> or a free file descriptor.</summary>
    public static double? Read()
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
