using System.Diagnostics;
using System.Globalization;
using MeeseeksBox.Client;

namespace MeeseeksBox.Bench;

/// <summary>The time from the write of a job on a node to a client of the master, through a head.</summary>
/// <remarks>Each line of the job is the time at which <c>date</c> printed it, by the same clock.</remarks>
internal static class TailLatency
{
    private const int Warm = 50;
    private const int Count = 300;
    private const string Script = "while sleep 0.02; do date +%s%N; done";

    /// <param name="program">The client, whose output is read through a pipe; null for the library in this process.</param>
    public static async Task<int> RunAsync(string? program)
    {
        using var cluster = await Cluster.StartChainAsync();
        using var master = await cluster.Top.ConnectAsync();
        _ = master.Ask($$$"""[{"submit":{"id":"clock","pool":"p","args":["/bin/sh","-c","{{{Script}}}"]}}]""");
        var figures = program is null ? await FollowAsync(cluster.Top.Port) : await RunClientAsync(program, cluster.Top.Port);
        _ = master.Ask("""[{"kill":"clock"}]""");
        Rounds.Print($"write of a job to a client of the master, through a head, {figures.Count} lines");
        JobLatency.Print(program is null ? "client library" : program, figures);
        return 0;
    }

    private static async Task<List<double>> FollowAsync(int port)
    {
        await using var client = new MeeseeksClient(new MeeseeksClientOptions { Address = "127.0.0.1", Port = port });
        var figures = new List<double>();
        var seen = 0;
        await foreach (var part in client.FollowOutputAsync("clock"))
        {
            var now = Now();
            foreach (var line in System.Text.Encoding.ASCII.GetString(part.Data.Span).Split('\n', StringSplitOptions.RemoveEmptyEntries))
                Add(figures, line, now, ref seen);

            if (figures.Count >= Count)
                break;
        }

        return figures;
    }

    private static async Task<List<double>> RunClientAsync(string program, int port)
    {
        string[] words = ["address=127.0.0.1", $"port={port}", "out", "follow=1", "clock"];
        using var client = Process.Start(new ProcessStartInfo(program, words) { RedirectStandardOutput = true })!;
        var figures = new List<double>();
        var seen = 0;
        while (figures.Count < Count && await client.StandardOutput.ReadLineAsync() is { } line)
            Add(figures, line, Now(), ref seen);

        client.Kill();
        return figures;
    }

    // The first lines were printed before the client followed, and the first ones after that compile the boxes.
    private static void Add(List<double> figures, string line, long now, ref int seen)
    {
        if (++seen > Warm)
            figures.Add((now - long.Parse(line, CultureInfo.InvariantCulture)) / 1e6);
    }

    private static long Now() => (DateTime.UtcNow - DateTime.UnixEpoch).Ticks * 100;
}
