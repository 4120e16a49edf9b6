using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using MeeseeksBox.Testing;

namespace MeeseeksBox.Bench;

/// <summary>Sends a million bad lines to a node.</summary>
/// <remarks>
/// The lines follow from the seed. The node must not end, its memory must stay bounded, and a bystander must see little of it.
/// </remarks>
internal static class Fuzz
{
    private const int Connections = 4;
    private const int Window = 16;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2);

    // The senders share the processors with the node, so they pause: the lines must slow it down, not the processor time of the senders.
    private static readonly TimeSpan SenderPause = TimeSpan.FromMilliseconds(10);

    // Valid requests of every kind except settings, because a random configuration may write to any file.
    private static readonly string[] Corpus =
    [
        """[{"status":{}},{"nodes":{"seq":0},"wait":0.01},{"pools":{}}]""",
        """[{"submit":{"id":"a","pool":"nowhere","args":["/bin/true","x"],"tags":["t","u"],"retries":2,"env":{"A":"b"},"hold":1}}]""",
        """[{"submit":{"id":"c","pool":"nowhere","args":["x"],"memory":"9M","cpus":1.5}}]""",
        """[{"submit":{"pool":"nowhere","node":"n*","args":["x"],"runtime":5,"config":{"cwd":"/"}}},{"submit":{"id":"b","state":"new"}}]""",
        """[{"get":{"seq":3,"state":["done","failed"],"tag":"t*"},"ls":{"pool":"nowhere"},"query":"a","options":{"pretty":true}}]""",
        """[{"kill":["a","b"]},{"kill":{"tag":"t"}},{"modify":{"a":{"rc":0,"tags":["v"]}}},{"job":"a"}]""",
        """[{"sync":{"c":{"id":"c","pool":"nowhere","args":["x"],"ts":1795413155.4,"seq":"""
        + """9,"state":"new","node":"n9","submit_node":"n9","submit_ts":"""
        + """1.5,"start_count":0,"fail_count":0,"tags":[null]}},"get":{"seq":0}}]""",
    ];

    /// <param name="lines">The number of all lines.</param>
    /// <param name="seed">The seed of all lines.</param>
    public static async Task<int> RunAsync(int lines, int seed)
    {
        using var daemon = await Daemon.StartAsync();
        using var bystander = await daemon.ConnectAsync();
        _ = Latency(bystander, 500);
        var idle = Latency(bystander, 500);

        var fuzzing = Task.WhenAll(Enumerable.Range(0, Connections)
            .Select(number => Task.Run(() => SendAsync(daemon.Port, lines / Connections, seed + number))));
        var busy = new List<double>();
        var (begin, earlyMemory) = (Stopwatch.GetTimestamp(), 0.0);
        while (!fuzzing.IsCompleted)
        {
            busy.AddRange(Latency(bystander, 20));
            if (earlyMemory is 0 && Stopwatch.GetElapsedTime(begin) > TimeSpan.FromSeconds(10))
                earlyMemory = daemon.Process.ResidentMegabytes;
        }

        var sent = (await fuzzing).Sum();
        var (before, during) = (Rounds.Median(idle), Rounds.Median(busy));
        var seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        Rounds.Print(string.Create(CultureInfo.InvariantCulture, $"{sent:N0} bad lines in {seconds:F0} s, seed {seed}; the node lives"));
        Rounds.Print(
            $"  a bystander's query: median {Rounds.Show(before)} ms before, {Rounds.Show(during)} ms meanwhile, "
            + $"ratio {Rounds.Show(during / before)}; p99 {Rounds.Show(Rounds.At(busy, 0.99))} ms");
        var jobs = bystander.Ask("""[{"ls":{}}]""")[0].GetProperty("ls").GetArrayLength();
        Rounds.Print(string.Create(
            CultureInfo.InvariantCulture,
            $"  memory {earlyMemory:F0} MB after 10 s, {daemon.Process.ResidentMegabytes:F0} MB at the end, {jobs:N0} jobs came of it"));
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

    // Reopens connections that the node closes, as it may after a line that is not text.
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
                    await ReadAnswerAsync(reader);

                sent += Window;
                await Task.Delay(SenderPause);
            }
        }

        return sent;
    }

    // An answer may span several lines: it ends at a line that begins with its last bracket.
    private static async Task ReadAnswerAsync(StreamReader reader)
    {
        var line = await reader.ReadLineAsync() ?? throw new IOException("The node has closed the connection.");
        while (line is "[" or not ['[', ..])
        {
            line = await reader.ReadLineAsync() ?? throw new IOException("The node has closed the connection.");
            if (line is "]")
                return;
        }
    }
}
