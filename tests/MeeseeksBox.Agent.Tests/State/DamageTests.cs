using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using CsCheck;
using MeeseeksBox.Agent.State;
using MeeseeksBox.Agent.Tests.Outputs;
using MeeseeksBox.Core.Settings;
using MeeseeksBox.Foundation.Files;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Testing;
using Microsoft.Win32.SafeHandles;
using Serilog.Core;

namespace MeeseeksBox.Agent.Tests.State;

/// <summary>Damage of a stored file never prevents a start, and costs only the damaged records.</summary>
/// <remarks>See docs/SPECIFICATION.md#damaged-state. MEESEEKS_DAMAGE_ROUNDS sets the number of damaged files of each kind.</remarks>
public sealed class DamageTests : IDisposable
{
    private const int Jobs = 12;

    private static readonly int Rounds =
        int.Parse(Environment.GetEnvironmentVariable("MEESEEKS_DAMAGE_ROUNDS") ?? "500", CultureInfo.InvariantCulture);

    private readonly TemporaryFolder _folder = new();

    private string StatePath => _folder.File("state");

    [Fact]
    public void Of_a_state_file_each_undamaged_job_is_there()
    {
        Save();
        var text = File.ReadAllBytes(StatePath);
        var records = Records(text, "\n\""u8, 1);

        Gen.Int.Sample(seed => CheckState(new DamagedBytes(text, seed, most: 3), records), iter: Rounds, threads: 1);
    }

    [Fact]
    public void Of_a_state_file_in_one_line_each_job_before_and_after_the_damage_is_there()
    {
        Save();
        var text = Encoding.UTF8.GetBytes(File.ReadAllText(StatePath).Replace("\n", ""));
        int[] starts = [.. Numbers.Select(number => text.AsSpan().IndexOf(Encoding.UTF8.GetBytes($"\"job{number}\":{{"))), text.Length];
        var records = Numbers.Select(number => (Id: $"job{number}", From: starts[number], To: starts[number + 1] - 1)).ToList();

        Gen.Int.Sample(seed => CheckState(new DamagedBytes(text, seed, most: 1), records), iter: Rounds, threads: 1);
    }

    [Fact]
    public void Of_a_journal_each_undamaged_line_counts()
    {
        Write([
            .. Numbers.Select(number => new JournalLine { Changed = Some(number, JobState.New, number) }),
            .. Numbers.Select(number => new JournalLine { Ended = Some(number, JobState.Done, number) }),
            .. Numbers.Select(number => new JournalLine { Changed = Some(number, JobState.Done, Jobs + number) }),
            new JournalLine { Gone = "other" },
        ]);
        var path = StatePath + ".journal";
        var text = File.ReadAllBytes(path);
        var records = Records(text, "\n{\""u8, 1)[(2 * Jobs)..(3 * Jobs)];

        Gen.Int.Sample(
            seed =>
            {
                var damaged = new DamagedBytes(text, seed, most: 3);
                Clear();
                File.WriteAllBytes(path, damaged.Bytes);
                using var files = new JournalFiles(StatePath);

                var jobs = new JournalReader(NoOutputs.Store, TimeProvider.System, Logger.None).Read([], files);

                Check(jobs, damaged, records);
            },
            iter: Rounds,
            threads: 1);
    }

    [Fact]
    public async Task Of_a_history_no_end_is_lost()
    {
        var path = _folder.File("history");
        var endings = Numbers.Select(number => Some(number, JobState.Done, number)).ToList();
        await AddAsync(path, endings);
        var text = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        var keys = endings.Select(HistoryTail.KeyOf).ToList();

        await Gen.Int.SampleAsync(
            async seed =>
            {
                await File.WriteAllBytesAsync(path, new DamagedBytes(text, seed, most: 3).Bytes);

                await AddAsync(path, endings);

                HistoryTail.Read(path, 1000).Should().Contain(keys);
            },
            iter: Rounds,
            threads: 1);
    }

    public void Dispose() => _folder.Dispose();

    private static IEnumerable<int> Numbers => Enumerable.Range(0, Jobs);

    private static async Task AddAsync(string path, List<Job> endings)
    {
        using var history = new History(TimeProvider.System, Logger.None, new NoFlush()) { Path = path };
        history.AddMissing(endings);
        history.Complete();
        await history.RunAsync();
    }

    private static Job Some(int number, JobState state, long seq) => new()
    {
        Id = $"job{number}",
        Ts = 1.5 + number,
        Seq = seq,
        Spec = new()
        {
            Pool = "p",
            Args = ["/bin/sh", "-c", "echo \"ü\" \\ '\n' {} [", $"{number}"],
            Env = ImmutableSortedDictionary<string, string>.Empty.Add("A", "b=c"),
            Config = JsonElement.Parse("""{"x":{"id":"x","pool":"p","submit_ts":1},"y":[{"job":{"id":"y"}}]}"""),
            Tags = ["t", "{\"gone\":\"job1\"}"],
        },
        Status = new() { State = state, Node = "n", SubmitNode = "n", SubmitTs = 1, StartCount = 1, EndTs = 2, StdoutData = "aGVsbG8K" },
    };

    // The records that begin after a mark and end with the line.
    private static List<(string Id, int From, int To)> Records(byte[] text, ReadOnlySpan<byte> mark, int skipped)
    {
        var records = new List<(string Id, int From, int To)>();
        var number = 0;
        byte[] whole = [(byte)'\n', .. text];
        for (var at = 0; whole.AsSpan(at).IndexOf(mark) is >= 0 and var found; number++)
        {
            var from = at + found + skipped;
            var end = whole.AsSpan(from).IndexOf((byte)'\n') is >= 0 and var length ? from + length : whole.Length;
            records.Add(($"job{number % Jobs}", from - 1, whole[end - 1] is (byte)',' ? end - 2 : end - 1));
            at = end;
        }

        return records;
    }

    private void CheckState(DamagedBytes damaged, List<(string Id, int From, int To)> records)
    {
        Clear();
        File.WriteAllBytes(StatePath, damaged.Bytes);
        using var file = StateFile.Open(StatePath, TimeProvider.System, Logger.None);

        var jobs = file.Load(NoOutputs.Store);

        Check(jobs, damaged, records);
    }

    // A record between two damaged ends of lines cannot be told from a value in a record.
    private static void Check(IReadOnlyCollection<Job> jobs, DamagedBytes damaged, List<(string Id, int From, int To)> records)
    {
        var read = jobs.ToDictionary(job => job.Id, StringComparer.Ordinal);
        for (var index = 0; index < records.Count; index++)
        {
            var (id, from, to) = records[index];
            var isLeftWhole = damaged.IsUntouched(from - 2, from);
            var isRightWhole = damaged.IsUntouched(to, to + 2);
            if (damaged.IsWhole(from, to) && (isLeftWhole || isRightWhole)
                && read.GetValueOrDefault(id)?.Status.State is not JobState.Done)
            {
                Assert.Fail($"{id} is undamaged in {Encoding.UTF8.GetString(damaged.Bytes)}");
            }
        }

        using var host = new CoreHost(
            new NodeSettings { Name = "n" }, NoOutputs.Store, TimeProvider.System, problem => throw problem);
        host.Restore(jobs, [], null, (_, _) => { });
    }

    private void Save()
    {
        using var file = StateFile.Open(StatePath, TimeProvider.System, Logger.None);
        file.Save(Numbers.Select(number => Some(number, JobState.Done, number)));
    }

    private void Write(JournalLine[] lines)
    {
        using var files = new JournalFiles(StatePath, new NoFlush());
        using var journal = new Journal(files, Logger.None);
        foreach (var line in lines)
            journal.Append(line);
        journal.Complete();
        journal.RunAsync().GetAwaiter().GetResult();
    }

    private void Clear()
    {
        foreach (var file in Directory.GetFiles(_folder.Path))
            File.Delete(file);
    }

    // The damage does not depend on it.
    private sealed class NoFlush : DiskFlush
    {
        public override void Content(SafeFileHandle file)
        {
        }

        public override void NameOf(string path)
        {
        }
    }
}
