using System.Globalization;
using System.Text.RegularExpressions;

namespace MeeseeksBox.Bench;

/// <summary>A meeseeks-box of its own, on a port of its own, with one pool <c>p</c>; it logs as it does by default, and somebody reads it.</summary>
internal sealed partial class Daemon : IDisposable
{
    private readonly Child _child;

    private Daemon(Child child)
    {
        _child = child;
        Port = int.Parse(child.Announced, CultureInfo.InvariantCulture);
    }

    public int Port { get; }

    /// <summary>Its process.</summary>
    public Child Process => _child;

    /// <summary>Starts it, and waits until it listens.</summary>
    /// <param name="words">Configuration beside what every measurement needs.</param>
    public static async Task<Daemon> StartAsync(params string[] words)
    {
        string[] all = ["name=bench", "listen.address=127.0.0.1", "listen.port=0", "state.expire=100000", .. words];
        return new Daemon(await Child.StartAsync(Path.Combine(AppContext.BaseDirectory, "meeseeks-box"), all, Endpoint));
    }

    /// <summary>A new connection to it.</summary>
    public Task<LineClient> ConnectAsync() => LineClient.ConnectAsync(Port);

    /// <summary>Waits until the answer to a request without argument names all of these.</summary>
    public void Until(string request, params string[] names)
    {
        using var client = LineClient.ConnectAsync(Port).Result;
        while (client.Ask($"[{{\"{request}\":{{}}}}]").GetRawText() is var answer && names.Any(name => !answer.Contains($"\"{name}\"", StringComparison.Ordinal)))
        {
            Thread.Sleep(1);
        }
    }

    public void Dispose() => _child.Dispose();

    private static string? Endpoint(string line) => Listening().Match(line) is { Success: true } match ? match.Groups[1].Value : null;

    [GeneratedRegex(@"listening on .*:(\d+)")]
    private static partial Regex Listening();
}
