using System.Globalization;

namespace MeeseeksBox.Agent.State;

/// <summary>The load of this host.</summary>
internal static class Loadavg
{
    /// <summary>The load average over one minute; 0 on a host that does not tell.</summary>
    public static double Read()
    {
        const string file = "/proc/loadavg";
        return File.Exists(file)
            && double.TryParse(File.ReadAllText(file).AsSpan().TrimStart()[..4], CultureInfo.InvariantCulture, out var load) ? load : 0;
    }
}
