using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using MeeseeksBox.Testing;

namespace MeeseeksBox.Bench;

/// <summary>
/// A million bad lines at a node, the same from the same seed: it must live, its memory must stay bounded, and who uses it meanwhile must not
/// feel much of it.
/// </summary>
internal static class Fuzz
{
    private const int Connections = 4;
    private const int Window = 16;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2);

    // So that the makers of bad lines, who share the processors with the node, leave it some: it is to be stalled by what they say, not by their work.
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(10);

    // Good requests of every kind, but for settings: a configuration from dice could have it write anywhere.
    private static readonly string[] Corpus =
    [
        """[{"status":{}},{"nodes":{"seq":0},"wait":0.01},{"pools":{}}]""",
        """[{"submit":{"id":"a","pool":"nowhere","args":["/bin/true","x"],"tags":["t","u"],"retries":2,"env":{"A":"b"},"hold":1}}]""",
        """[{"submit":{"pool":"nowhere","node":"n*","args":["x"],"runtime":5,"config":{"cwd":"/"}}},{"submit":{"id":"b","state":"new"}}]""",
        """[{"get":{"seq":3,"state":["done","failed"],"tag":"t*"},"ls":{"pool":"nowhere"},"query":"a","options":{"pretty":true}}]""",
        """[{"kill":["a","b"]},{"kill":{"tag":"t"}},{"modify":{"a":{"rc":0,"tags":["v"]}}},{"job":"a"}]""",
        """[{"sync":{"c":{"id":"c","pool":"nowhere","args":["x"],"ts":1795413155.4,"seq":9,"state":"new","node":"n9","submit_node":"n9","submit_ts":1.5,"start_count":0,"fail_count":0,"tags":[null]}},"get":{"seq":0}}]""",
    ];

    /// <param name="lines">How many lines in all.</param>
    /// <param name="seed">From which all of them follow.</param>
    public static async Task<int> RunAsync(int lines, int seed)
    {
        using var daemon = await Daemon.StartAsync();
        using var bystander = await daemon.ConnectAsync();
        _ = Latency(bystander, 500);
        var idle = Latency(bystander, 500);

        var fuzzing = Task.WhenAll(Enumerable.Range(0, Connections).Select(number => Task.Run(() => SendAsync(daemon.Port, lines / Connections, seed + number))));
        var busy = new List<double>();
        var (begin, earlyMemory) = (Stopwatch.GetTimestamp(), 0.0);
        while (!fuzzing.IsCompleted)
        {
            busy.AddRange(Latency(bystander, 20));
            earlyMemory = earlyMemory is 0 && Stopwatch.GetElapsedTime(begin) > TimeSpan.FromSeconds(10) ? daemon.Process.ResidentMegabytes : earlyMemory;
        }

        var sent = (await fuzzing).Sum();
        var (before, during) = (Rounds.Median(idle), Rounds.Median(busy));
        Rounds.Print(string.Create(CultureInfo.InvariantCulture, $"{sent:N0} bad lines in {Stopwatch.GetElapsedTime(begin).TotalSeconds:F0} s, seed {seed}; the node lives"));
        Rounds.Print($"  a bystander's query: median {Rounds.Show(before)} ms before, {Rounds.Show(during)} ms meanwhile, ratio {Rounds.Show(during / before)}; p99 {Rounds.Show(Rounds.At(busy, 0.99))} ms");
        Rounds.Print(string.Create(CultureInfo.InvariantCulture, $"  memory {earlyMemory:F0} MB after 10 s, {daemon.Process.ResidentMegabytes:F0} MB at the end, {bystander.Ask("""[{"ls":{}}]""")[0].GetProperty("ls").GetArrayLength():N0} jobs came of it"));
        return 0;
    }

    private static List<double> Latency(LineClient client, int count)
    {
        var figures = new List<double>(count);
        for (var number = 0; number < count; number++)
        {
            var begin = Stopwatch.GetTimestamp();
            _ = client.Ask("[{\"query\":\"nosuch\"}]\n"u8);
            figures.Add(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
            Thread.Sleep(Pause);
        }

        return figures;
    }

    // Connections that the node closes, as it may after a line that is no text, are opened anew.
    private static async Task<int> SendAsync(int port, int lines, int seed)
    {
        var mutator = new LineMutator(Corpus, seed);
        var sent = 0;
        while (sent < lines)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(IPAddress.Loopback, port);
            await using var stream = new NetworkStream(socket);
            using var reader = new StreamReader(stream);
            while (sent < lines)
            {
                using var block = new MemoryStream();
                for (var number = 0; number < Window; number++)
                {
                    block.Write(mutator.Next());
                    block.WriteByte((byte)'\n');
                }

                await stream.WriteAsync(block.ToArray());
                for (var number = 0; number < Window; number++)
                {
                    await ReadAnswerAsync(reader);
                }

                sent += Window;
                await Task.Delay(Breath);
            }
        }

        return sent;
    }

    // An answer may be indented over many lines: it ends where a line begins with its last bracket.
    private static async Task ReadAnswerAsync(StreamReader reader)
    {
        var line = await reader.ReadLineAsync() ?? throw new IOException("The node has closed the connection.");
        while (line is "[" or not ['[', ..])
        {
            line = await reader.ReadLineAsync() ?? throw new IOException("The node has closed the connection.");
            if (line is "]")
            {
                return;
            }
        }
    }
}
