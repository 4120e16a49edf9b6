using System.Diagnostics;

namespace MeeseeksBox.Bench;

/// <summary>The time from the submit of <c>/bin/true</c> to its end, against the process alone.</summary>
internal static class JobLatency
{
    private const int Count = 500;

    public static async Task<int> RunAsync()
    {
        using var daemon = await Daemon.StartAsync("pools.p.slots=2");
        using var client = await daemon.ConnectAsync();
        var (ours, bare) = (new List<double>(), new List<double>());
        for (var i = -50; i < Count; i++)
        {
            var (job, process) = (Job(client), await ProcessAsync());
            if (i >= 0)
            {
                ours.Add(job);
                bare.Add(process);
            }
        }

        Rounds.Print($"submit to done, {Count} jobs one after the other");
        Print("meeseeks-box", ours);
        Print("the process alone, streams redirected", bare);
        return 0;
    }

    public static void Print(string name, List<double> figures) => Rounds.Print(
        $"  {name,-44} min {Rounds.Show(figures.Min())}   median {Rounds.Show(Rounds.Median(figures))}   "
        + $"p99 {Rounds.Show(Rounds.At(figures, 0.99))} ms");

    /// <summary>Submits a job, and asks for its end: the box holds the answer back until then.</summary>
    /// <remarks>A client that asks again and again takes a processor from the job. Its process then waited up to 2 s for one.</remarks>
    public static double Job(LineClient client)
    {
        var watch = Stopwatch.StartNew();
        var id = client.Ask("""[{"submit":{"pool":"p","args":["/bin/true"]}}]""")[0].GetProperty("submit").EnumerateObject().First().Name;
        var ended = client.Ask($$"""[{"get":{"seq":0,"id":"{{id}}","state":"done"},"wait":60}]""")[0].GetProperty("get");
        return ended.TryGetProperty(id, out _) ? watch.Elapsed.TotalMilliseconds : throw new IOException($"Job {id} is not done: {ended}");
    }

    private static async Task<double> ProcessAsync()
    {
        var watch = Stopwatch.StartNew();
        await BareProcesses.RunOneAsync(isCaptured: true);
        return watch.Elapsed.TotalMilliseconds;
    }
}
