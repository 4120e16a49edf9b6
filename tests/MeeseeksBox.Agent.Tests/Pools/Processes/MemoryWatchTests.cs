using System.Diagnostics;
using MeeseeksBox.Runner.Children;
using MeeseeksBox.Runner.Ending;
using MeeseeksBox.Runner.Limits;
using MeeseeksBox.Runner.Loop;
using MeeseeksBox.Testing;

namespace MeeseeksBox.Agent.Tests.Pools.Processes;

// docs/RUNNER.md#limits
public sealed class MemoryWatchTests : IDisposable
{
    private const long Megabyte = 1024 * 1024;

    private readonly string _run = $"{Guid.NewGuid():N}.1";
    private readonly EventLoop _loop = new();
    private readonly MemoryWatch _watch;

    public MemoryWatchTests()
    {
        _watch = new MemoryWatch(_loop, new ResidentMemory());
        new Thread(_loop.Run) { IsBackground = true }.Start();
    }

    public void Dispose()
    {
        LiveProcesses.EndMarked(_run);
        _loop.Post(_loop.Stop);
    }

    [Fact]
    public async Task Without_a_control_group_the_marked_processes_count()
    {
        using var large = Start("grow", "80", "60");
        using var small = Start("sleep", "60");
        var exceeded = new List<string>();

        var found = new TaskCompletionSource();
        _loop.Post(() =>
        {
            _watch.Add(new WatchedRun(TreeOf(small), null, 10_000 * Megabyte, () => exceeded.Add("below")));
            _watch.Add(new WatchedRun(TreeOf(large), null, 60 * Megabyte, () =>
            {
                exceeded.Add("above");
                found.SetResult();
            }));
        });
        await found.Task.WaitAsync(TestContext.Current.CancellationToken);

        exceeded.Should().Equal("above");
    }

    [Fact]
    public async Task A_run_that_has_ended_is_watched_no_longer()
    {
        using var large = Start("grow", "80", "60");
        var exceeded = new List<string>();
        var found = new TaskCompletionSource();

        _loop.Post(() =>
        {
            var ended = new WatchedRun(TreeOf(large), null, Megabyte, () => exceeded.Add("ended"));
            _watch.Add(ended);
            _watch.Add(new WatchedRun(TreeOf(large), null, Megabyte, found.SetResult));
            _watch.Remove(ended);
        });
        await found.Task.WaitAsync(TestContext.Current.CancellationToken);

        exceeded.Should().BeEmpty();
    }

    [Fact]
    public async Task A_process_that_has_not_executed_the_program_yet_may_be_larger()
    {
        using var starter = Start("sleep", "60");
        using var program = Start("spawn-child", "60");
        var watch = new MemoryWatch(_loop, new ResidentMemory(), $"/proc/{starter.Id}/exe");
        var exceeded = new List<string>();
        var found = new TaskCompletionSource();

        _loop.Post(() =>
        {
            watch.Add(new WatchedRun(TreeOf(starter, "none.1"), null, 1, () => exceeded.Add("starter")));
            watch.Add(new WatchedRun(TreeOf(program), null, 1, found.SetResult));
        });
        await found.Task.WaitAsync(TestContext.Current.CancellationToken);

        exceeded.Should().BeEmpty();
    }

    private Process Start(params string[] words)
    {
        var start = new ProcessStartInfo(TestProgram.Path, words) { RedirectStandardOutput = true };
        start.Environment["MEESEEKS_RUN"] = _run;
        return Process.Start(start)!;
    }

    private ProcessTree TreeOf(Process process, string? run = null) => new(
        new JobProcess(process.Id, TimeProvider.System, () => { }),
        run ?? _run,
        new ProcessTreeKiller(new ProcessTable(), TimeProvider.System),
        new SessionLeaders(),
        null,
        TimeProvider.System);
}
