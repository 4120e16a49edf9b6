using MeeseeksBox.Runner.Ending;
using MeeseeksBox.Testing;

namespace MeeseeksBox.Agent.Tests.Pools.Processes;

public sealed class ProcessTableTests
{
    [Fact]
    public async Task Callers_during_a_snapshot_share_the_next_one()
    {
        using var begun = new SemaphoreSlim(0);
        using var go = new SemaphoreSlim(0);
        var table = new ProcessTable(() =>
        {
            begun.Release();
            go.Wait();
            return new ProcessSnapshot([]);
        });

        var first = table.SnapshotAsync();
        await begun.WaitAsync(TestContext.Current.CancellationToken);
        var second = table.SnapshotAsync();
        var third = table.SnapshotAsync();
        go.Release(2);
        var looks = await Task.WhenAll(first, second, third);
        go.Release();
        var later = await table.SnapshotAsync();

        looks[1].Should().NotBeSameAs(looks[0]).And.BeSameAs(looks[2]);
        looks.Should().NotContain(later);
    }

    [Fact]
    public void A_snapshot_does_not_contain_this_process()
    {
        ProcFs.ReadAll().Find(Environment.ProcessId).Should().BeNull();
    }

    [Fact]
    public void A_snapshot_contains_no_thread_of_the_kernel()
    {
        const int Kthreadd = 2;
        Assert.SkipUnless(
            File.Exists($"/proc/{Kthreadd}/comm") && File.ReadAllText($"/proc/{Kthreadd}/comm") == "kthreadd\n",
            "the threads of the kernel are not visible here, as in a container");

        ProcFs.ReadAll().Trees(entry => entry.Pid == Kthreadd || entry.Parent == Kthreadd).Should().BeEmpty();
    }

    [Fact]
    public async Task Names_of_programs_may_contain_any_character()
    {
        using var folder = new TemporaryFolder();
        var program = folder.File("a) R 1 (b");
        File.Copy("/bin/sleep", program);
        await using var job = (await RunningJob.StartAsync(
            Some.Job("/bin/sh", "-c", $"echo; exec '{program}' 60"), TestContext.Current.CancellationToken)).Job;
        var pid = (int)(await job.Run.Pid)!;

        await Wait.Until(
            () => ProcFs.ReadAll().Find(pid)?.Name == "a) R 1 (b",
            () => $"{ProcFs.ReadAll().Find(pid)}",
            TestContext.Current.CancellationToken);

        ProcFs.ReadAll().Find(ProcFs.ReadAll().Find(pid)!.Parent)!.Name.Should().StartWith("meeseeks-runne");
    }
}
