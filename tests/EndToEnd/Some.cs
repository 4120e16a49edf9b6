namespace MeeseeksBox.EndToEnd;

/// <summary>Values for tests that do not care which.</summary>
internal static class Some
{
    private static int _count;

    /// <summary>An id that no other job of the tests has.</summary>
    public static string Id() => $"job{Interlocked.Increment(ref _count)}";

    /// <summary>The words that run a script.</summary>
    public static string[] Shell(string script, params string[] words) => ["/bin/sh", "-c", script, .. words];

    /// <summary>A program that ends well at once.</summary>
    public static string[] True { get; } = ["/bin/true"];

    /// <summary>A program that does not end before somebody ends it.</summary>
    public static string[] Sleep { get; } = ["/bin/sleep", "1000"];
}
