using System.Diagnostics;

namespace TestProgram;

/// <summary>Starts this program once more, with the streams and the environment of this one.</summary>
internal static class Child
{
    /// <summary>Starts it and prints its pid.</summary>
    public static Process Start(string verb, string[] words)
    {
        var child = StartSilently(verb, words);
        using var output = Console.OpenStandardOutput();
        output.Write(System.Text.Encoding.ASCII.GetBytes($"{child.Id}\n"));
        return child;
    }

    /// <summary>Starts it.</summary>
    public static Process StartSilently(string verb, string[] words) => Process.Start(Environment.ProcessPath!, [verb, .. words]);
}
