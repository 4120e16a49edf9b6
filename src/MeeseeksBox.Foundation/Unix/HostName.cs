namespace MeeseeksBox.Foundation.Unix;

/// <summary>The name of this host, with its domain if the host has one.</summary>
public static class HostName
{
    /// <summary>Reads the name from the kernel.</summary>
    /// <remarks><c>Environment.MachineName</c> has no domain. <c>Dns.GetHostName</c> starts the metrics of name resolution.</remarks>
    public static string Read() => File.ReadAllText("/proc/sys/kernel/hostname").TrimEnd('\n');
}
