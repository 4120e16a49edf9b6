using System.Globalization;
using System.Text;
using MeeseeksBox.Testing;

namespace MeeseeksBox.Bench;

/// <summary>Durable submits per second of many clients, against a bare server and a bare loop.</summary>
internal static class DurableRate
{
    private const int ClientCount = 50;
    private const int Count = 20_000;

    // Warm-up: the runtime has compiled frequent code after so many, on all sides.
    private const int WarmUp = 40_000;
    private const int RoundCount = 5;

    private static readonly byte[] Line =
        Encoding.UTF8.GetBytes("""[{"submit":{"pool":"p","args":["/bin/echo","hello"],"hold":true}}]""" + "\n");

    public static async Task<int> RunAsync()
    {
        var (length, answer) = await LengthsAsync();
        Rounds.Print($"a submit is {length} bytes in the journal, its answer {answer}; files are below {Path.GetTempPath()}");
        await Rounds.CompareAsync(
            $"submits of {ClientCount} clients, each one at a time",
            "submits/s",
            RoundCount,
            ("meeseeks-box", () => OfDaemonAsync(isDurable: true)),
            ("meeseeks-box, state.durable=false", () => OfDaemonAsync(isDurable: false)),
            ("bare server that appends and flushes", () => OfServerAsync(length, answer)),
            ("bare loop that appends and flushes", () => OfLoopAsync(length)));
        return 0;
    }

    private static async Task<(int Record, int Answer)> LengthsAsync()
    {
        using var folder = new TemporaryFolder();
        using var daemon = await Daemon.StartAsync("pools.p.hold=true", $"state.file={folder.File("state")}");
        using var client = await daemon.ConnectAsync();
        var answer = client.Ask(Line).Length;
        return ((int)new FileInfo(folder.File("state.journal")).Length, answer);
    }

    private static async Task<Rate> OfDaemonAsync(bool isDurable)
    {
        using var folder = new TemporaryFolder();
        using var daemon = await Daemon.StartAsync(
            "pools.p.hold=true", $"state.file={folder.File("state")}", $"state.durable={(isDurable ? "true" : "false")}");
        return await OfAsync(daemon.Process, daemon.Port);
    }

    private static async Task<Rate> OfServerAsync(int length, int answer)
    {
        using var folder = new TemporaryFolder();
        using var server = await Child.StartSelfAsync("bare-journal-server", folder.File("journal"), Text(length), Text(answer));
        return await OfAsync(server, int.Parse(server.Announced, CultureInfo.InvariantCulture));
    }

    private static async Task<Rate> OfAsync(Child server, int port)
    {
        var clients = await Task.WhenAll(Enumerable.Range(0, ClientCount).Select(_ => LineClient.ConnectAsync(port)));
        try
        {
            await SubmitAsync(clients, WarmUp);
            return await Rate.OfAsync(server, Count, () => SubmitAsync(clients, Count));
        }
        finally
        {
            Array.ForEach(clients, client => client.Dispose());
        }
    }

    private static async Task<Rate> OfLoopAsync(int length)
    {
        using var folder = new TemporaryFolder();
        using var child = await Child.StartSelfAsync("bare-journal", folder.File("journal"), Text(length), Text(ClientCount));
        await AppendAsync(WarmUp);
        return await Rate.OfAsync(child, Count, () => AppendAsync(Count));

        async Task AppendAsync(int count)
        {
            child.Tell(Text(count));
            _ = await child.HearAsync();
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    // One thread for each client: blocking is fastest for one line at a time.
    private static Task SubmitAsync(LineClient[] clients, int count) => Task.WhenAll(clients.Select(client => Task.Factory.StartNew(
        () =>
        {
            for (var i = 0; i < count / clients.Length; i++)
                _ = client.Ask(Line);
        },
        TaskCreationOptions.LongRunning)));
}
