using System.Diagnostics;

namespace MeeseeksBox.Bench;

/// <summary>The time from the submit of <c>/bin/true</c> to its end, against the process alone.</summary>
internal static class JobLatency
{
    private const int Count = 500;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(0.2);

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

    public static double Job(LineClient client)
    {
        var watch = Stopwatch.StartNew();
        var id = client.Ask("""[{"submit":{"pool":"p","args":["/bin/true"]}}]""")[0].GetProperty("submit").EnumerateObject().First().Name;
        while (client.Ask($$"""[{"query":"{{id}}"}]""")[0].GetProperty("query").GetProperty("state").GetString() is not "done")
        {
            // The client yields the processor, because both share one core.
            Thread.Sleep(Pause);
        }

        return watch.Elapsed.TotalMilliseconds;
    }

    private static async Task<double> ProcessAsync()
    {
        var watch = Stopwatch.StartNew();
        await BareProcesses.RunOneAsync(isCaptured: true);
        return watch.Elapsed.TotalMilliseconds;
    }
}
