using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MeeseeksBox.Bench;

/// <summary>The costs of many held connections: memory, and the rate of busy clients beside them.</summary>
internal static class HeldConnections
{
    private const int Held = 10_000;
    private const int Busy = 100;
    private const int RequestsEach = 300;
    private const int WarmUpEach = 300;
    private static readonly byte[] Line = Encoding.UTF8.GetBytes("""[{"nodes":{}}]""" + "\n");

    public static async Task<int> RunAsync()
    {
        using var daemon = await Daemon.StartAsync("pools.p.slots=2");
        var busy = await Task.WhenAll(Enumerable.Range(0, Busy).Select(_ => daemon.ConnectAsync()));
        var held = new List<Socket>(Held);
        try
        {
            _ = await AskAsync(busy, WarmUpEach);
            var (before, rateBefore) = await MeasureAsync(daemon, busy, "alone");
            for (var i = Busy; i < Held; i++)
                held.Add(await HoldAsync(daemon.Port));

            var longPoll = daemon.Process.ResidentMegabytes;
            var (after, rateAfter) = await MeasureAsync(daemon, busy, $"and {Held - Busy:N0} held");
            var size = (longPoll - before) * 1024 / held.Count;
            Rounds.Print(
                $"a held connection: {Rounds.Show(size)} KB; memory after all: {Rounds.Show(after)} MB; "
                + $"rate beside the held ones: ratio {Rounds.Show(rateAfter / rateBefore)}");
        }
        finally
        {
            held.ForEach(socket => socket.Dispose());
            Array.ForEach(busy, client => client.Dispose());
        }

        return 0;
    }

    // One request each, so that all state of a connection is allocated.
    private static async Task<Socket> HoldAsync(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        _ = await socket.SendAsync(Line);
        var answer = new byte[16 * 1024];
        while (answer[0] is not (byte)'\n')
        {
            var length = await socket.ReceiveAsync(answer);
            answer[0] = length > 0 ? answer[length - 1] : throw new IOException("The box has closed the connection.");
        }

        return socket;
    }

    private static async Task<(double Megabytes, double PerSecond)> MeasureAsync(Daemon daemon, LineClient[] busy, string what)
    {
        List<double> times = [];
        var rate = await Rate.OfAsync(daemon.Process, Busy * RequestsEach, async () => times = await AskAsync(busy, RequestsEach));
        var memory = daemon.Process.ResidentMegabytes;
        Rounds.Print(string.Create(
            CultureInfo.InvariantCulture,
            $"{Busy} busy, {what,-16} {Rounds.Show(rate.PerSecond),8} requests/s   "
            + $"{Rounds.Show(rate.ProcessorMicroseconds),6} µs of processor each   median {Rounds.Show(Rounds.Median(times))}   "
            + $"p99 {Rounds.Show(Rounds.At(times, 0.99))} ms   {Rounds.Show(memory),6} MB"));
        return (memory, rate.PerSecond);
    }

    /// <returns>The duration of each request, in milliseconds.</returns>
    private static async Task<List<double>> AskAsync(LineClient[] clients, int each)
    {
        var times = await Task.WhenAll(clients.Select(client => Task.Factory.StartNew(
            () =>
            {
                var own = new double[each];
                for (var i = 0; i < each; i++)
                {
                    var begin = Stopwatch.GetTimestamp();
                    _ = client.Ask(Line);
                    own[i] = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
                }

                return own;
            },
            TaskCreationOptions.LongRunning)));
        return [.. times.SelectMany(own => own)];
    }
}
