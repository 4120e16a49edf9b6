using System.Globalization;
using System.Text;

namespace MeeseeksBox.Bench;

/// <summary>Jobs per second of a burst of <c>/bin/true</c>, against bare loops over processes.</summary>
internal static class JobBurst
{
    private const int Count = 2000;

    // Warm-up: the runtime has compiled frequent code after so many, on both sides.
    private const int WarmUp = 10_000;
    private const int RoundCount = 5;

    // The client polls often only for so many jobs before the last.
    private const int Near = 100;

    public static async Task<int> RunAsync()
    {
        foreach (var slots in (int[])[2, 4])
        {
            await Rounds.CompareAsync(
                $"burst of {Count} jobs, {slots} at once",
                "jobs/s",
                RoundCount,
                ("meeseeks-box", () => BurstAsync(slots)),
                ("posix_spawn and wait4, streams to files", () => BareAsync("bare-spawns", $"{slots}")),
                ("Process.Start, streams redirected and read", () => BareAsync("bare-processes", $"{slots}", "captured")),
                ("Process.Start, nothing redirected", () => BareAsync("bare-processes", $"{slots}", "plain")));
        }

        return 0;
    }

    private static async Task<Rate> BareAsync(params string[] words)
    {
        using var child = await Child.StartSelfAsync(words);
        await RunAsync(WarmUp);
        return await Rate.OfAsync(child, Count, () => RunAsync(Count));

        async Task RunAsync(int count)
        {
            child.Tell(count.ToString(CultureInfo.InvariantCulture));
            _ = await child.HearAsync();
        }
    }

    private static async Task<Rate> BurstAsync(int slots)
    {
        using var daemon = await Daemon.StartAsync($"pools.p.slots={slots}");
        using var client = await daemon.ConnectAsync();
        await RunAsync(client, WarmUp);
        return await Rate.OfAsync(daemon.Process, Count, () => RunAsync(client, Count));
    }

    /// <summary>Submits jobs, and waits until all have ended.</summary>
    public static async Task RunAsync(LineClient client, int count, string pool = "p")
    {
        var near = await SubmitAsync(client, count - Near, pool);
        var last = await SubmitAsync(client, Near, pool);
        await UntilEndedAsync(client, near, milliseconds: 20);
        await UntilEndedAsync(client, last, milliseconds: 2);
        await UntilAllEndedAsync(client);
    }

    private static async Task<string> SubmitAsync(LineClient client, int count, string pool)
    {
        var submit = $$$"""[{"submit":{"pool":"{{{pool}}}","args":["/bin/true"]}}]""";
        await client.PipelineAsync(Encoding.UTF8.GetBytes(submit + "\n"), count - 1, 256);
        return client.Ask(submit)[0].GetProperty("submit").EnumerateObject().First().Name;
    }

    // Jobs start in the order of their submits, so the client polls one job, and rarely at first: each poll takes as much
    // processor time as a fifth of a job.
    private static async Task UntilEndedAsync(LineClient client, string job, int milliseconds)
    {
        while (client.Ask($$"""[{"query":"{{job}}"}]""")[0].GetProperty("query").GetProperty("state").GetString() is "new" or "running")
            await Task.Delay(milliseconds);
    }

    // A few jobs may end after the last one.
    private static async Task UntilAllEndedAsync(LineClient client)
    {
        while (client.Ask("""[{"ls":{"state":["new","running"]}}]""")[0].GetProperty("ls").GetArrayLength() > 0)
            await Task.Delay(1);

        var failed = client.Ask("""[{"ls":{"state":["failed","killed"]}}]""")[0].GetProperty("ls").GetArrayLength();
        if (failed > 0)
            throw new InvalidOperationException($"{failed} jobs failed.");
    }
}
