namespace MeeseeksBox.Bench;

/// <summary>The processor time of an idle node.</summary>
internal static class IdleLoad
{
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Span = TimeSpan.FromSeconds(20);

    public static async Task<int> RunAsync()
    {
        using var daemon = await Daemon.StartAsync("pools.p.slots=2");
        using var client = await daemon.ConnectAsync();
        _ = client.Ask("""[{"submit":{"pool":"p","args":["/bin/true"]}}]""");
        await Task.Delay(Settle);
        var before = daemon.Process.ProcessorTime;
        await Task.Delay(Span);
        var used = daemon.Process.ProcessorTime - before;
        Rounds.Print(
            $"idle for {Span.TotalSeconds} s: {used.TotalMilliseconds} ms of processor time, {Rounds.Show(100 * (used / Span))} %, "
            + $"{Rounds.Show(daemon.Process.ResidentMegabytes)} MB");
        return 0;
    }
}
