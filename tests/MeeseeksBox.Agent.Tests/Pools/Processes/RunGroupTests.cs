using System.Globalization;
using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.Runner.ControlGroups;
using MeeseeksBox.Testing;

namespace MeeseeksBox.Agent.Tests.Pools.Processes;

// docs/RUNNER.md#control-groups
public sealed class RunGroupTests
{
    // The shell waits until it is in the group of its run.
    private const string AwaitGroup = "until grep -q /run- /proc/self/cgroup; do sleep 0.01; done";

    [Fact]
    public async Task A_daemon_that_hides_ends_with_its_run_and_the_group_is_removed()
    {
        SkipWithoutGroups();
        const string Daemon = "(env -i setsid sh -c 'echo $$; exec sleep 1000' &)";
        var (job, said) = await StartAsync($"{AwaitGroup}; {Daemon}; sleep 1000");
        await using (job)
        {
            var daemon = int.Parse(said, CultureInfo.InvariantCulture);
            var folder = FolderOf(daemon);

            _ = await job.KillAsync();

            LiveProcesses.Has(daemon).Should().BeFalse();
            job.Run.Logged.Should().NotContain(text => text.Contains($"{daemon} ("));
            await Wait.Until(() => !Directory.Exists(folder), () => folder, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task Children_of_a_run_before_it_has_a_group_are_moved_too()
    {
        SkipWithoutGroups();
        var (job, said) = await StartAsync("sh -c 'sleep 1000; true' & echo $!; wait");
        await using (job)
        {
            var child = int.Parse(said, CultureInfo.InvariantCulture);

            await Wait.Until(
                () => FolderOf(child).Contains($"/run-{job.Run.Job.Run}", StringComparison.Ordinal)
                    && ProcessChildren.Of(child).All(grandchild => FolderOf(grandchild) == FolderOf(child)),
                () => FolderOf(child),
                TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task No_SIGCONT_of_another_process_continues_a_suspended_run()
    {
        SkipWithoutGroups();
        var (job, said) = await StartAsync($"{AwaitGroup}; echo $$; exec sleep 1000");
        await using (job)
        {
            var pid = int.Parse(said, CultureInfo.InvariantCulture);
            var group = FolderOf(pid);
            _ = await job.Run.Pid;

            job.Run.Process!.Suspend(true);
            await WaitForAsync(group, "frozen 1");
            LibC.Kill(pid, SignalNumber.Continue).Should().Be(0);
            var events = EventsOf(group);
            job.Run.Process!.Suspend(false);
            await WaitForAsync(group, "frozen 0");

            events.Should().Contain("frozen 1");
            LiveProcesses.StatesOfMarked(job.Run.Job.Run).Should().NotContain('T');
        }
    }

    [Fact]
    public void A_folder_that_is_no_control_group_gets_no_groups()
    {
        using var folder = new TemporaryFolder();

        RunnerGroup.TryMake(folder.Path).Should().BeNull();

        Directory.GetFileSystemEntries(folder.Path).Should().BeEmpty();
    }

    [Fact]
    public void Groups_of_a_runner_that_has_crashed_are_removed_and_those_with_processes_stay()
    {
        SkipWithoutGroups();
        var parent = Directory.CreateDirectory(Path.Combine(Own!, $"test-{Guid.NewGuid():N}")).FullName;
        var abandoned = Directory.CreateDirectory(Path.Combine(parent, "meeseeks-1", "run-x")).Parent!.FullName;
        var strange = Directory.CreateDirectory(Path.Combine(parent, "other")).FullName;

        RunnerGroup.RemoveAbandoned(parent);

        var left = Directory.GetDirectories(parent);
        Directory.Delete(strange);
        Directory.Delete(parent);
        left.Should().Equal(strange);
        Directory.Exists(abandoned).Should().BeFalse();
    }

    private static string? Own => ControlGroupMount.OwnFolder();

    private static void SkipWithoutGroups() => Assert.SkipUnless(
        Own is { } own && IsWritable(own), "this process may not make control groups of version 2");

    private static bool IsWritable(string folder) =>
        LibC.Access(Path.Combine(folder, ControlFile.Processes), AccessMode.Writable) is 0;

    private static Task WaitForAsync(string group, string events) => Wait.Until(
        () => EventsOf(group).Contains(events, StringComparison.Ordinal), () => EventsOf(group), TestContext.Current.CancellationToken);

    private static string EventsOf(string group) => File.ReadAllText(Path.Combine(group, "cgroup.events"));

    private static string FolderOf(int pid) => ControlGroupMount.FolderOf(
        File.ReadAllText($"/proc/{pid}/cgroup"), File.ReadAllText("/proc/self/mountinfo")) ?? "";

    private static Task<(RunningJob Job, string Said)> StartAsync(string script) =>
        RunningJob.StartAsync(Some.Job("/bin/sh", "-c", script), TestContext.Current.CancellationToken);
}
