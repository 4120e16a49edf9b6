using System.Globalization;
using MeeseeksBox.Runner.Ending;
using MeeseeksBox.Runner.Limits;
using MeeseeksBox.Testing;

namespace MeeseeksBox.Agent.Tests.Pools.Processes;

// docs/RUNNER.md#limits
public sealed class ResidentMemoryTests : IDisposable
{
    private const int Page = 4096;
    private const long Megabyte = 1024 * 1024;

    private readonly TemporaryFolder _proc = new();

    public void Dispose() => _proc.Dispose();

    [Fact]
    public void Far_below_the_limit_the_sum_of_all_pages_is_enough()
    {
        Add(1, resident: 100, shared: 90, proportion: 40);
        Add(2, resident: 50, shared: 50, proportion: 4);

        Of(limit: 1000 * Page).Should().Be(150 * Environment.SystemPageSize);
    }

    [Fact]
    public void Close_to_the_limit_a_shared_page_counts_once()
    {
        Add(1, resident: 100, shared: 90, proportion: 40);
        Add(2, resident: 50, shared: 50, proportion: 4);

        Of(limit: 160 * Page).Should().Be(44 * 1024);
    }

    [Fact]
    public void A_process_whose_share_may_not_be_read_counts_without_its_shared_pages()
    {
        Add(1, resident: 100, shared: 90, proportion: null);

        Of(limit: Page).Should().Be(10 * Environment.SystemPageSize);
    }

    [Fact]
    public void A_process_that_has_ended_counts_nothing() => new ResidentMemory(_proc.Path).Of([7], 1).Should().Be(0);

    [Fact]
    public async Task Pages_that_twenty_forks_share_count_once()
    {
        const string Forks = """
            mkfifo never; exec 3<>never
            v=$(head -c 20000000 /dev/zero | tr '\0' x)
            i=0; while [ $i -lt 20 ]; do (read line <&3; true) & i=$((i + 1)); done
            awk '/^VmRSS/ { print $2 }' /proc/$$/status; wait
            """;
        var (job, said) = await RunningJob.StartAsync(
            Some.Job("/bin/sh", "-c", Forks) with { WorkingDirectory = _proc.Path }, TestContext.Current.CancellationToken);
        await using (job)
        {
            var one = long.Parse(said, CultureInfo.InvariantCulture) * 1024;
            await Wait.Until(() => Forked(job) > 20, () => $"{Forked(job)} processes", TestContext.Current.CancellationToken);

            var used = new ResidentMemory().Of(Processes(job), limit: 1);

            one.Should().BeGreaterThan(20 * Megabyte * 9 / 10);
            used.Should().BeInRange(one / 2, one * 3);
        }
    }

    private static int[] Processes(RunningJob job) =>
        [.. ProcFs.ReadAll().Trees(entry => entry.Run == job.Run.Job.Run).Select(entry => entry.Pid)];

    private static int Forked(RunningJob job) => Processes(job).Length;

    private long Of(long limit) => new ResidentMemory(_proc.Path).Of([1, 2], limit);

    // Pages, and kilobytes.
    private void Add(int pid, int resident, int shared, int? proportion)
    {
        _ = _proc.Folder(pid.ToString(CultureInfo.InvariantCulture));
        _ = _proc.Write($"{pid}/statm", $"1000 {resident} {shared} 1 0 500 0\n");
        const string First = "5600-7ffc ---p 00000000 00:00 0   [rollup]\nRss: 400 kB";
        if (proportion is not null)
            _ = _proc.Write($"{pid}/smaps_rollup", $"{First}\nPss:    {proportion} kB\nPss_Anon: 9 kB\n");
    }
}
