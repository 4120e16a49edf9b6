using System.Diagnostics;
using CsCheck;
using MeeseeksBox.Runner.Loop;

namespace MeeseeksBox.Agent.Tests.Pools.Processes;

// docs/RUNNER.md#loop
public sealed class EventLoopTests : IDisposable
{
    private readonly List<EventLoop> _loops = [];
    private readonly ManualResetEventSlim _disk = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _disk.Set();
        foreach (var loop in _loops)
            loop.Post(loop.Stop);
    }

    [Fact]
    public async Task Sections_that_block_hold_up_neither_the_loop_nor_other_sections()
    {
        var loop = Start();
        var other = NewCompletion();
        var answer = NewCompletion();
        var returned = 0;

        loop.Post(() =>
        {
            loop.Block(Hang, () => returned++);
            loop.Block(Hang, () => returned++);
            loop.Block(() => { }, other.SetResult);
        });
        await other.Task.WaitAsync(Stop);
        loop.Post(answer.SetResult);
        await answer.Task.WaitAsync(Stop);
        var before = await ReadAsync(loop, () => returned);
        _disk.Set();

        before.Should().Be(0);
        await UntilAsync(loop, () => returned is 2);
    }

    [Fact]
    public async Task A_thread_whose_section_has_blocked_does_not_run_the_loop_beside_its_successor()
    {
        var loop = Start();
        var first = Environment.CurrentManagedThreadId;
        var after = 0;

        loop.Post(() =>
        {
            first = Environment.CurrentManagedThreadId;
            loop.Block(Hang, () => after = Environment.CurrentManagedThreadId);
        });
        await UntilAsync(loop, () => Environment.CurrentManagedThreadId != first);
        var second = await ReadAsync(loop, () => Environment.CurrentManagedThreadId);
        _disk.Set();
        await UntilAsync(loop, () => after is not 0);

        after.Should().NotBe(first);
        second.Should().NotBe(first);
    }

    [Fact]
    public async Task Timers_that_are_due_while_a_section_blocks_run_in_their_order()
    {
        var loop = Start();
        var due = new List<int>();
        var last = NewCompletion();

        loop.Post(() =>
        {
            _ = loop.After(TimeSpan.FromMilliseconds(300), () =>
            {
                due.Add(3);
                last.SetResult();
            });
            _ = loop.After(TimeSpan.FromMilliseconds(200), () => due.Add(2));
            _ = loop.After(TimeSpan.FromMilliseconds(100), () => due.Add(1));
            loop.Block(Hang, () => { });
        });
        await last.Task.WaitAsync(Stop);

        due.Should().Equal(1, 2, 3);
    }

    [Fact]
    public async Task What_the_turn_has_left_for_its_end_is_done_while_a_section_blocks()
    {
        var loop = Start();
        var flushed = NewCompletion();

        loop.Post(() =>
        {
            loop.AtEndOfTurn(flushed.SetResult);
            loop.Block(Hang, () => { });
        });

        await flushed.Task.WaitAsync(Stop);
    }

    [Fact]
    public async Task Quick_sections_cause_few_looks_and_an_idle_loop_causes_none()
    {
        var loop = Start();
        var begin = Stopwatch.GetTimestamp();
        var done = NewCompletion();
        var left = 1000;

        loop.Post(Next);
        await done.Task.WaitAsync(Stop);
        var took = Stopwatch.GetElapsedTime(begin);
        var looks = loop.Looks;
        var asleep = looks;
        await Testing.Wait.Until(() => asleep == (asleep = loop.Looks), () => $"{asleep} looks", Stop);

        looks.Should().BeLessThanOrEqualTo(2 + (long)(took / EventLoop.Tick));

        void Next()
        {
            if (left-- is 0)
                done.SetResult();
            else
                loop.Block(() => { }, Next);
        }
    }

    [Fact]
    public void A_section_that_ends_in_time_leaves_the_loop_with_its_thread()
    {
        var monitor = new StallMonitor(TimeSpan.FromHours(1), () => { });

        for (var count = 0; count < 1000; count++)
            monitor.TryLeave(monitor.Enter()).Should().BeTrue();

        monitor.Looks.Should().Be(0);
        monitor.Stop();
    }

    [Fact]
    public async Task A_section_that_is_expected_to_block_does_not_hold_up_the_loop_until_the_next_look()
    {
        var loop = Start(TimeSpan.FromHours(1));
        var others = NewCompletion();

        // The first one starts the standby, which sleeps until its next look.
        loop.Post(() => loop.Block(() => { }, () =>
        {
            loop.Block(Hang, () => { }, isSlow: true);
            loop.Block(Hang, () => { }, isSlow: true);
            loop.Block(() => { }, others.SetResult);
        }));

        await others.Task.WaitAsync(Stop);
    }

    [Fact]
    public void Random_stalls_lose_nothing_and_the_loop_has_one_thread_at_a_time() =>
        Gen.Int[0, 40].Array[1, 60].Array[1, 4].Sample(
            chains =>
            {
                var loop = Start(TimeSpan.FromMilliseconds(1));
                using var done = new CountdownEvent(chains.Length);
                var inLoop = 0;
                var isBroken = false;
                var results = chains.Select(_ => new List<int>()).ToArray();
                for (var index = 0; index < chains.Length; index++)
                {
                    var chain = index;
                    loop.Post(() => OnLoop(() => Continue(chain, 0)));
                }

                done.Wait(Testing.Wait.Limit).Should().BeTrue();
                loop.Post(loop.Stop);

                isBroken.Should().BeFalse();
                for (var index = 0; index < chains.Length; index++)
                    results[index].Should().Equal(Enumerable.Range(0, chains[index].Length));

                void Continue(int chain, int step)
                {
                    if (step == chains[chain].Length)
                    {
                        done.Signal();
                        return;
                    }

                    _ = loop.After(TimeSpan.Zero, () => OnLoop(() => { }));
                    var tenths = chains[chain][step];
                    loop.Block(() => Stall(tenths), Next, isSlow: tenths % 3 is 0);

                    void Next() => OnLoop(() =>
                    {
                        results[chain].Add(step);
                        Continue(chain, step + 1);
                    });
                }

                void OnLoop(Action action)
                {
                    isBroken |= Interlocked.Increment(ref inLoop) is not 1;
                    Stall(1);
                    action();
                    Interlocked.Decrement(ref inLoop);
                }
            },
            iter: 20,
            threads: 1);

    // In tenths of a tick: some are shorter, and some end just when another thread takes over.
    private static void Stall(int tenths)
    {
        for (var begin = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begin).TotalMilliseconds < tenths / 10.0;)
            Thread.Yield();
    }

    private EventLoop Start(TimeSpan? tick = null)
    {
        var loop = new EventLoop(tick);
        _loops.Add(loop);
        new Thread(loop.Run) { IsBackground = true }.Start();
        return loop;
    }

    // The test goes on outside of the loop.
    private static TaskCompletionSource NewCompletion() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Hang() => _disk.Wait();

    private static Task<T> ReadAsync<T>(EventLoop loop, Func<T> read)
    {
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.Post(() => result.SetResult(read()));
        return result.Task.WaitAsync(Stop);
    }

    private static async Task UntilAsync(EventLoop loop, Func<bool> condition)
    {
        while (!await ReadAsync(loop, condition))
            await Task.Delay(1, Stop);
    }
}
