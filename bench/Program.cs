using MeeseeksBox.Bench;

return args switch
{
    ["jobs"] => await JobBurst.RunAsync(),
    ["jobs", var programs] => await Daemon.OfAsync(programs, JobBurst.RunAsync),
    ["requests"] => await RequestRate.RunAsync(),
    ["latency"] => await JobLatency.RunAsync(),
    ["latency", var programs] => await Daemon.OfAsync(programs, JobLatency.RunAsync),
    ["table"] => await TableSize.RunAsync(TableSize.Usual),
    ["table", .. var sizes] => await TableSize.RunAsync([.. sizes.Select(Whole)]),
    ["idle"] => await IdleLoad.RunAsync(),
    ["waiting"] => await WaitingJobs.RunAsync(),
    ["tail"] => await TailLatency.RunAsync(null),
    ["tail", var client] => await TailLatency.RunAsync(client),
    ["cluster"] => await ClusterNews.RunAsync(),
    ["durable"] => await DurableRate.RunAsync(),
    ["connections"] => await HeldConnections.RunAsync(),
    ["soak", var minutes] => await Soak.RunAsync(Whole(minutes)),
    ["watch"] => await WatchLatency.RunAsync(Path.Combine(AppContext.BaseDirectory, "meeseeks-watch")),
    ["watch-large"] => await WatchLarge.RunAsync(1_000_000),
    ["watch-large", var files] => await WatchLarge.RunAsync(Whole(files)),
    ["watch-large", var files, var programs] => await Daemon.OfAsync(programs, () => WatchLarge.RunAsync(Whole(files))),
    ["watch", var program] => await WatchLatency.RunAsync(program),
    ["fuzz"] => await Fuzz.RunAsync(1_000_000, seed: 1),
    ["fuzz", var lines, var seed] => await Fuzz.RunAsync(Whole(lines), Whole(seed)),
    [] or ["all"] => await AllAsync(),

    // The baselines, each in a process of its own.
    ["bare-processes", var parallel, var kind] => await BareProcesses.RunAsync(Whole(parallel), kind is "captured"),
    ["bare-spawns", var parallel] => BareSpawns.Run(Whole(parallel)),
    ["bare-echo", var length] => await BareEcho.RunAsync(Whole(length)),
    ["bare-journal", var file, var length, var workers] => await BareJournal.RunAsync(file, Whole(length), Whole(workers)),
    ["bare-journal-server", var file, var length, var answer] => await BareJournal.ServeAsync(file, Whole(length), Whole(answer)),
    _ => Usage(),
};

static async Task<int> AllAsync() =>
    await JobBurst.RunAsync() + await RequestRate.RunAsync() + await JobLatency.RunAsync() + await TableSize.RunAsync(TableSize.Usual)
    + await IdleLoad.RunAsync() + await ClusterNews.RunAsync();

static int Whole(string word) => int.Parse(word, System.Globalization.CultureInfo.InvariantCulture);

static int Usage()
{
    Console.Error.WriteLine(
        "usage: dotnet run -c Release --project bench -- [jobs [PROGRAMS] | requests | latency [PROGRAMS] | table [JOBS ...] | idle "
        + "| cluster | durable | connections | waiting | tail [CLIENT] | watch [PROGRAM] | watch-large [FILES [PROGRAMS]] "
        + "| all | soak MINUTES | fuzz [LINES SEED]]");
    return 2;
}
