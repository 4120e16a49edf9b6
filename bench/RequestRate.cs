using System.Globalization;
using System.Text;

namespace MeeseeksBox.Bench;

/// <summary>Submits per second on one connection, against a server with answers of equal length.</summary>
internal static class RequestRate
{
    private const int OneByOne = 10_000;
    private const int Pipelined = 50_000;

    // Warm-up: the runtime has compiled frequent code after so many, on both sides.
    private const int WarmUp = 60_000;
    private const int Window = 1024;
    private const int RoundCount = 5;

    private static readonly byte[] Line =
        Encoding.UTF8.GetBytes("""[{"submit":{"pool":"p","args":["/bin/echo","hello"],"hold":true}}]""" + "\n");

    public static async Task<int> RunAsync()
    {
        var length = await AnswerLengthAsync();
        Rounds.Print($"a request has {Line.Length} bytes, its answer {length}");
        await Rounds.CompareAsync(
            "submits on one connection, one at a time",
            "requests/s",
            RoundCount,
            ("meeseeks-box", () => OfDaemonAsync(OneByOne, OneByOneAsync)),
            ("bare echo server", () => OfEchoAsync(length, OneByOne, OneByOneAsync)));
        await Rounds.CompareAsync(
            $"submits on one connection, {Window} under way",
            "requests/s",
            RoundCount,
            ("meeseeks-box", () => OfDaemonAsync(Pipelined, PipelinedAsync)),
            ("bare echo server", () => OfEchoAsync(length, Pipelined, PipelinedAsync)));
        return 0;
    }

    private static async Task<int> AnswerLengthAsync()
    {
        using var daemon = await Daemon.StartAsync("pools.p.hold=true");
        using var client = await daemon.ConnectAsync();
        return client.Ask(Line).Length;
    }

    private static async Task<Rate> OfDaemonAsync(int count, Func<LineClient, int, Task> work)
    {
        using var daemon = await Daemon.StartAsync("pools.p.hold=true");
        using var client = await daemon.ConnectAsync();
        await client.PipelineAsync(Line, WarmUp, Window);
        await work(client, WarmUp / 20);
        return await Rate.OfAsync(daemon.Process, count, () => work(client, count));
    }

    private static async Task<Rate> OfEchoAsync(int length, int count, Func<LineClient, int, Task> work)
    {
        using var echo = await Child.StartSelfAsync("bare-echo", length.ToString(CultureInfo.InvariantCulture));
        using var client = await LineClient.ConnectAsync(int.Parse(echo.Announced, CultureInfo.InvariantCulture));
        await client.PipelineAsync(Line, WarmUp, Window);
        await work(client, WarmUp / 20);
        return await Rate.OfAsync(echo, count, () => work(client, count));
    }

    private static Task OneByOneAsync(LineClient client, int count)
    {
        for (var i = 0; i < count; i++)
            _ = client.Ask(Line);

        return Task.CompletedTask;
    }

    private static Task PipelinedAsync(LineClient client, int count) => client.PipelineAsync(Line, count, Window);
}
