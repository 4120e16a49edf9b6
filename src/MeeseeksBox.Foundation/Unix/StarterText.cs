using System.Text;
using System.Text.Unicode;
using MeeseeksBox.Foundation.Text;

namespace MeeseeksBox.Foundation.Unix;

/// <summary>Finds arguments and variables that are not UTF-8.</summary>
/// <remarks>
/// .NET replaces each wrong byte by U+FFFD, so the text names another file or job than the one that was meant. The system keeps the
/// bytes (proc(5)).
/// </remarks>
public static class StarterText
{
    private const char Replacement = '\ufffd';
    private const string Advice = "write it in UTF-8, or have a shell find such a file by a pattern";

    /// <summary>The error of the first argument that is not UTF-8; null if all are.</summary>
    /// <param name="arguments">The arguments of <see cref="Exact"/>.</param>
    public static string? FaultOf(IEnumerable<string> arguments)
    {
        var (number, wrong) = arguments.Index().FirstOrDefault(argument => ByteText.HasBytes(argument.Item));
        return wrong is null ? null : $"argument {number + 1} is not UTF-8: {SingleLine.Of(wrong)}; {Advice}";
    }

    /// <summary>The arguments with their bytes (<see cref="ByteText"/>).</summary>
    /// <param name="arguments">All arguments of the program, without its name.</param>
    public static IReadOnlyList<string> Exact(IReadOnlyList<string> arguments)
    {
        if (!arguments.Any(argument => argument.Contains(Replacement)))
            return arguments;

        // The program may be the argument of a host, so the arguments are counted from the end.
        var all = Read("/proc/self/cmdline");
        return [.. all.Skip(all.Count - arguments.Count).Select(bytes => ByteText.Decode(bytes))];
    }

    /// <summary>The error of an environment variable that is not UTF-8; null if it is, or is not set.</summary>
    public static string? FaultOfVariable(string name)
    {
        if (Environment.GetEnvironmentVariable(name)?.Contains(Replacement) is not true)
            return null;

        var start = Encoding.UTF8.GetBytes($"{name}=");
        var entry = Read("/proc/self/environ").Find(bytes => bytes.AsSpan().StartsWith(start));
        return entry is null || Utf8.IsValid(entry)
            ? null
            : $"{name} is not UTF-8: {ByteText.Show(entry.AsSpan(start.Length))}; {Advice}";
    }

    // Each text ends with a NUL.
    private static List<byte[]> Read(string path)
    {
        var texts = new List<byte[]>();
        var all = File.ReadAllBytes(path).AsSpan();
        while (all.IndexOf((byte)0) is >= 0 and var end)
        {
            texts.Add(all[..end].ToArray());
            all = all[(end + 1)..];
        }

        return texts;
    }
}
