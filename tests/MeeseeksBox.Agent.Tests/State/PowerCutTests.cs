using System.Collections.Immutable;
using System.Text.Json;
using MeeseeksBox.Agent.Configuration;
using MeeseeksBox.Agent.State;
using MeeseeksBox.Agent.Tests.Outputs;
using MeeseeksBox.Core.Settings;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Testing;
using Serilog.Core;

namespace MeeseeksBox.Agent.Tests.State;

/// <summary>An answered change survives a power cut at any moment (docs/SPECIFICATION.md#durability).</summary>
public sealed class PowerCutTests : IDisposable
{
    private const int Changes = 12;
    private const double Expire = 1e6;

    private readonly TemporaryFolder _folder = new();
    private readonly TemporaryFolder _after = new();

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, true)]
    public async Task What_was_answered_is_there_after_a_cut_between_any_two_flushes(int seed, bool stopsInOrder)
    {
        var disk = new RecordedDisk(_folder.Path, seed);

        await PlayAsync(disk, new Random(seed), stopsInOrder);

        disk.Cuts.Should().HaveCountGreaterThan(150);
        foreach (var (promise, files) in disk.Cuts)
            Check((Promised)promise!, files);
    }

    public void Dispose()
    {
        _folder.Dispose();
        _after.Dispose();
    }

    private static NodeSettings Settings => new() { Name = "n", Expire = Expire };

    // Submits, kills and checkpoints in a random order; twice, so that the second time begins with the files of a crash.
    private async Task PlayAsync(RecordedDisk disk, Random random, bool stopsInOrder)
    {
        var promised = new Promised([], [], []);
        disk.Promise = () => promised;
        for (var life = 0; life < 2; life++)
        {
            using var host = new CoreHost(Settings, NoOutputs.Store, TimeProvider.System, problem => throw problem);
            using var history = new History(TimeProvider.System, Logger.None, disk) { Path = _folder.File("history") };
            host.JobEnded += history.Add;
            var config = new StateConfig { File = _folder.File("state") };
            var file = StateFile.Open(config.File, TimeProvider.System, Logger.None, disk);
            using var store = new StateStore(file, config, host, history, TimeProvider.System, Logger.None, disk);
            var reader = new JournalReader(NoOutputs.Store, TimeProvider.System, Logger.None);
            var removed = store.Tombstones.Load(NoOutputs.Store);
            var jobs = reader.Read(store.File.Load(NoOutputs.Store), store.JournalFiles);
            store.JournalFiles.FlushFormer();
            store.JournalFiles.Rotate();
            history.AddMissing(reader.Endings);
            host.Restore(jobs, [.. removed, .. reader.Removed], store.Journal, (_, _) => { });
            var (journaling, recording) = (store.Journal!.RunAsync(), history.RunAsync());
            await history.WrittenAsync(history.Added);
            await store.Checkpointer.SaveAsync();

            for (var change = 0; change < Changes; change++)
            {
                var id = $"{life}.{change}";
                host.Execute((core, now) => core.Submit(Spec(id), now));
                await host.DurableAsync(host.Journaled);
                promised = promised with { Submitted = promised.Submitted.Add(id) };
                if (random.Next(3) is 0)
                {
                    host.Execute((core, now) => core.Kill(id, now));
                    await host.DurableAsync(host.Journaled);
                    await history.WrittenAsync(history.Added);
                    promised = promised with { Killed = promised.Killed.Add(id) };
                }

                if (random.Next(4) is 0)
                {
                    host.Execute((core, now) => core.Tick(now with { Monotonic = now.Monotonic + (2 * Expire) }));
                    await host.DurableAsync(host.Journaled);
                    promised = promised with { Removed = promised.Removed.Union(promised.Killed) };
                }

                if (random.Next(5) is 0)
                    await store.Checkpointer.SaveAsync();
            }

            disk.Cut();
            store.Journal.Complete();
            await journaling;
            history.Complete();
            await recording;
            if (stopsInOrder)
                store.Checkpointer.TrySaveLast().Should().BeTrue();
            disk.Cut();
        }
    }

    private static SubmitArgument Spec(string id) =>
        SubmitArgument.Read(JsonSerializer.SerializeToElement(new { id, pool = "nowhere", args = new[] { "x" } }));

    private void Check(Promised promised, Dictionary<string, byte[]> files)
    {
        foreach (var file in Directory.GetFiles(_after.Path))
            File.Delete(file);
        foreach (var (name, content) in files)
            File.WriteAllBytes(_after.File(name), content);

        var errors = new LoggedErrors();
        using var log = errors.CreateLogger();
        using var state = StateFile.Open(_after.File("state"), TimeProvider.System, log);
        using var journal = new JournalFiles(state.Path);
        var reader = new JournalReader(NoOutputs.Store, TimeProvider.System, log);
        var present = reader.Read(state.Load(NoOutputs.Store), journal);
        var jobs = new Dictionary<string, Job>(StringComparer.Ordinal);
        foreach (var job in new TombstoneFile(state.Path, TimeProvider.System, log).Load(NoOutputs.Store).Concat(reader.Removed))
            jobs[job.Id] = job;

        var removed = jobs.Keys.Except(present.Select(job => job.Id)).ToList();
        foreach (var job in present)
            jobs[job.Id] = job;
        var ended = HistoryTail.Read(_after.File("history"), 1000).Concat(reader.Endings.Select(HistoryTail.KeyOf))
            .Select(key => key.Split(' ')[0]);

        var what = $"of {string.Join(", ", files.Select(file => $"{file.Key} ({file.Value.Length} bytes)"))}";
        promised.Submitted.Except(jobs.Keys).Should().BeEmpty(what);
        promised.Removed.Except(removed).Should().BeEmpty(what);
        promised.Killed.Except(jobs.Values.Where(job => job.Status.State is JobState.Killed).Select(job => job.Id)).Should().BeEmpty(what);
        jobs.Values.Where(job => job.Status.State is JobState.Killed).Select(job => job.Id).Except(ended).Should().BeEmpty(what);
        errors.Lines.Should().BeEmpty(what);
    }

    private sealed record Promised(ImmutableList<string> Submitted, ImmutableList<string> Killed, ImmutableHashSet<string> Removed);
}
