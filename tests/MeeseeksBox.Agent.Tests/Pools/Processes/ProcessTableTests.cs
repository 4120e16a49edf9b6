using MeeseeksBox.Agent.Pools.Processes;

namespace MeeseeksBox.Agent.Tests.Pools.Processes;

public sealed class ProcessTableTests
{
    [Fact]
    public async Task A_look_never_shows_a_time_before_it_was_asked_for()
    {
        var table = new ProcessTable();

        for (var i = 0; i < 20; i++)
        {
            var earlier = table.LookAsync();
            var (job, _) = await RunningJob.StartAsync(Some.Job("/bin/sh", "-c", "echo; sleep 60"), TestContext.Current.CancellationToken);
            await using (job)
            {
                var looks = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => table.LookAsync()));

                var pid = (int)(await job.Run.Pid)!;
                looks.Should().OnlyContain(look => look.Find(pid) != null);
                await earlier;
            }
        }
    }

    [Fact]
    public async Task Who_asks_while_a_look_is_going_on_shares_the_next()
    {
        var table = new ProcessTable();

        var looks = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => table.LookAsync()));

        looks.Distinct().Count().Should().BeLessThan(50);
    }

    [Fact]
    public void This_process_is_not_in_it_and_so_never_ends_itself()
    {
        ProcessFiles.ReadAll().Find(Environment.ProcessId).Should().BeNull();
    }

    [Fact]
    public async Task Names_of_programs_may_hold_anything()
    {
        using var folder = new MeeseeksBox.Testing.TemporaryFolder();
        var program = folder.File("a) R 1 (b");
        File.Copy("/bin/sleep", program);
        await using var job = (await RunningJob.StartAsync(Some.Job("/bin/sh", "-c", $"echo; exec '{program}' 60"), TestContext.Current.CancellationToken)).Job;
        var pid = (int)(await job.Run.Pid)!;

        await MeeseeksBox.Testing.Wait.Until(
            () => ProcessFiles.ReadAll().Find(pid)?.Name == "a) R 1 (b",
            () => $"{ProcessFiles.ReadAll().Find(pid)}",
            TestContext.Current.CancellationToken);

        ProcessFiles.ReadAll().Find(pid)!.Parent.Should().Be(Environment.ProcessId);
    }
}
