using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace MeeseeksBox.Bench;

/// <summary>Submits a second on one connection, against a server that answers with lines of the same length and does nothing else.</summary>
internal static class RequestRate
{
    private const int OneByOne = 5000;
    private const int Pipelined = 50_000;
    private const int Window = 1024;
    private const int RoundCount = 7;

    private static readonly byte[] Line = Encoding.UTF8.GetBytes("""[{"submit":{"pool":"p","args":["/bin/echo","hello"],"hold":true}}]""" + "\n");

    public static async Task<int> RunAsync()
    {
        var length = await AnswerLengthAsync();
        Rounds.Print($"a request has {Line.Length} bytes, its answer {length}");
        await Rounds.CompareAsync(
            "submits on one connection, one at a time",
            "requests/s",
            RoundCount,
            ("meeseeks-box", () => OfDaemonAsync(OneByOneAsync)),
            ("bare echo server", () => OfEchoAsync(length, OneByOneAsync)));
        await Rounds.CompareAsync(
            $"submits on one connection, {Window} under way",
            "requests/s",
            RoundCount,
            ("meeseeks-box", () => OfDaemonAsync(PipelinedAsync)),
            ("bare echo server", () => OfEchoAsync(length, PipelinedAsync)));
        return 0;
    }

    private static async Task<int> AnswerLengthAsync()
    {
        using var daemon = await Daemon.StartAsync("pools.p.hold=true");
        using var client = await daemon.ConnectAsync();
        return client.Ask(Line).Length;
    }

    private static async Task<double> OfDaemonAsync(Func<LineClient, Task<double>> measure)
    {
        using var daemon = await Daemon.StartAsync("pools.p.hold=true");
        using var client = await daemon.ConnectAsync();
        return await measure(client);
    }

    private static async Task<double> OfEchoAsync(int length, Func<LineClient, Task<double>> measure)
    {
        using var echo = await Child.StartSelfAsync("bare-echo", length.ToString(CultureInfo.InvariantCulture));
        using var client = await LineClient.ConnectAsync(int.Parse(echo.Announced, CultureInfo.InvariantCulture));
        return await measure(client);
    }

    private static Task<double> OneByOneAsync(LineClient client)
    {
        Ask(OneByOne);
        var watch = Stopwatch.StartNew();
        Ask(OneByOne);
        return Task.FromResult(OneByOne / watch.Elapsed.TotalSeconds);

        void Ask(int count)
        {
            for (var i = 0; i < count; i++)
            {
                _ = client.Ask(Line);
            }
        }
    }

    private static async Task<double> PipelinedAsync(LineClient client)
    {
        await client.PipelineAsync(Line, Pipelined, Window);
        var watch = Stopwatch.StartNew();
        await client.PipelineAsync(Line, Pipelined, Window);
        return Pipelined / watch.Elapsed.TotalSeconds;
    }
}
