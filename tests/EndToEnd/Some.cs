using System.Net;

namespace MeeseeksBox.EndToEnd;

/// <summary>Arbitrary values for tests.</summary>
internal static class Some
{
    private static int _count;

    /// <summary>A unique id.</summary>
    public static string Id() => $"job{Interlocked.Increment(ref _count)}";

    /// <summary>A unique address of this host, for a client that a box identifies by its host.</summary>
    public static IPAddress Loopback()
    {
        var count = Interlocked.Increment(ref _count);
        return new IPAddress([127, 1, (byte)(count >> 8), (byte)count]);
    }

    /// <summary>The <c>args</c> of a shell script.</summary>
    public static string[] Shell(string script, params string[] words) => ["/bin/sh", "-c", script, .. words];

    /// <summary>A program that succeeds at once.</summary>
    public static string[] True { get; } = ["/bin/true"];

    /// <summary>A program that runs until it is killed.</summary>
    public static string[] Sleep { get; } = ["/bin/sleep", "1000"];
}
