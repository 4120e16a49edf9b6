using System.Globalization;
using System.Text.RegularExpressions;

namespace MeeseeksBox.Bench;

/// <summary>A box on a free port with one pool <c>p</c>. It logs by default, and the log is read.</summary>
internal sealed partial class Daemon : IDisposable
{
    private readonly Child _child;
    private static string _programs = AppContext.BaseDirectory;

    private Daemon(Child child)
    {
        _child = child;
        Port = int.Parse(child.Announced, CultureInfo.InvariantCulture);
    }

    public int Port { get; }

    /// <summary>The process of the box.</summary>
    public Child Process => _child;

    /// <summary>Starts a box, and waits until it listens.</summary>
    /// <param name="words">Further words of configuration.</param>
    public static async Task<Daemon> StartAsync(params string[] words)
    {
        string[] all = ["name=bench", "listen.address=127.0.0.1", "listen.port=0", "state.expire=100000", .. words];
        return new Daemon(await Child.StartAsync(ProgramOf("meeseeks-box"), all, Endpoint));
    }

    /// <summary>Measures the box of a folder, such as that of an installation with a native runner.</summary>
    public static Task<int> OfAsync(string programs, Func<Task<int>> measure)
    {
        _programs = programs;
        return measure();
    }

    /// <summary>The path of a program of the measured folder.</summary>
    public static string ProgramOf(string name) => Path.Combine(_programs, name);

    /// <summary>A new connection to the box.</summary>
    public Task<LineClient> ConnectAsync() => LineClient.ConnectAsync(Port);

    /// <summary>Waits until the answer to a request without an argument contains all names.</summary>
    public void Until(string request, params string[] names)
    {
        using var client = LineClient.ConnectAsync(Port).Result;
        while (client.Ask($"[{{\"{request}\":{{}}}}]").GetRawText() is var answer
            && names.Any(name => !answer.Contains($"\"{name}\"", StringComparison.Ordinal)))
        {
            Thread.Sleep(1);
        }
    }

    public void Dispose() => _child.Dispose();

    private static string? Endpoint(string line) => Listening().Match(line) is { Success: true } match ? match.Groups[1].Value : null;

    [GeneratedRegex(@"listening on .*:(\d+)")]
    private static partial Regex Listening();
}
