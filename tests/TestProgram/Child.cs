using System.Diagnostics;

namespace TestProgram;

/// <summary>Starts another instance of this program, with the same streams and environment.</summary>
internal static class Child
{
    /// <summary>Starts the child and prints its pid.</summary>
    public static Process Start(string verb, string[] words)
    {
        var child = StartSilently(verb, words);
        using var output = Console.OpenStandardOutput();
        output.Write(System.Text.Encoding.ASCII.GetBytes($"{child.Id}\n"));
        return child;
    }

    /// <summary>Starts the child.</summary>
    public static Process StartSilently(string verb, string[] words) => Process.Start(Environment.ProcessPath!, [verb, .. words]);
}
