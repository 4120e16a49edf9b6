using MeeseeksBox.Runner.ControlGroups;
using MeeseeksBox.Runner.Limits;
using MeeseeksBox.Runner.Protocol;
using MeeseeksBox.Testing;

namespace MeeseeksBox.Agent.Tests.Pools.Processes;

/// <summary>The parts of limits that need no process.</summary>
public sealed class LimitRulesTests
{
    private const long Megabyte = 1024 * 1024;

    [Fact]
    public void An_order_without_limits_has_none_and_senseless_ones_are_none()
    {
        RunLimits.Of(Order()).Should().BeNull();
        RunLimits.Of(Order().With(RunnerField.Memory, 0).With(RunnerField.Cpus, -1)).Should().BeNull();
        RunLimits.Of(Order().With(RunnerField.Memory, 5)).Should().Be(new RunLimits(5, null));
        RunLimits.Of(Order().With(RunnerField.Cpus, 1500)).Should().Be(new RunLimits(null, 1500));
    }

    [Fact]
    public void Limits_survive_as_arguments()
    {
        foreach (var limits in (StartLimits[])[StartLimits.None, new("/a b", 5, [0, 12]), new(null, 1L << 50, [])])
            StartLimits.Of(limits.Words()).Should().BeEquivalentTo(limits);
    }

    [Theory]
    [InlineData(1000, 1)]
    [InlineData(1001, 2)]
    [InlineData(2500, 3)]
    [InlineData(4000, 0)]
    [InlineData(9000, 0)]
    public void A_part_of_a_processor_counts_as_one_and_all_of_them_are_no_limit(int thousandths, int count) =>
        new ProcessorChoice(() => [0, 2, 5, 7]).Take(thousandths).Should().HaveCount(count).And.BeSubsetOf([0, 2, 5, 7]);

    [Fact]
    public void Runs_share_as_few_processors_as_possible()
    {
        var choice = new ProcessorChoice(() => [0, 1, 2, 3]);

        var first = choice.Take(2000);
        int[] all = [.. first, .. choice.Take(1000), .. choice.Take(2000), .. choice.Take(3000)];
        all.GroupBy(processor => processor).Select(runs => runs.Count()).Should().Equal(2, 2, 2, 2);
        choice.Return(first);

        choice.Take(2000).Should().Equal(first);
    }

    [Fact]
    public void Processors_that_are_gone_are_not_chosen()
    {
        int[] present = [0, 1];
        var choice = new ProcessorChoice(() => present);
        _ = choice.Take(1000);

        present = [4, 5];

        choice.Take(1000).Should().BeSubsetOf([4, 5]);
    }

    [Theory]
    [InlineData(0, 0, 50)]
    [InlineData(-1, 0, 50)]
    [InlineData(128 * Megabyte, 0, 500)]
    [InlineData(100_000 * Megabyte, 0, 1000)]
    [InlineData(100_000 * Megabyte, 50, 1000)]
    [InlineData(0, 10, 190)]
    [InlineData(0, 1000, 19_000)]
    public void A_sample_comes_sooner_close_to_the_limit_and_takes_a_twentieth_of_the_time(long free, int sample, int next) =>
        WatchPace.Next(free, TimeSpan.FromMilliseconds(sample)).Should().Be(TimeSpan.FromMilliseconds(next));

    [Fact]
    public void The_limits_of_a_control_group_are_written_to_its_files()
    {
        using var group = Group("memory.max", "memory.oom.group", "memory.swap.max", "cpu.max");

        GroupLimits.TrySetMemory(group.Path, 100 * Megabyte).Should().BeTrue();
        GroupLimits.TrySetCpus(group.Path, 1500).Should().BeTrue();

        Read(group, "memory.max").Should().Be("104857600");
        Read(group, "memory.oom.group").Should().Be("1");
        Read(group, "memory.swap.max").Should().Be("0");
        Read(group, "cpu.max").Should().Be("150000 100000");
    }

    [Fact]
    public void A_host_without_swap_limits_the_memory_too()
    {
        using var group = Group("memory.max", "memory.oom.group");

        GroupLimits.TrySetMemory(group.Path, Megabyte).Should().BeTrue();
    }

    [Fact]
    public void A_group_without_controllers_has_no_limits()
    {
        using var group = Group();

        GroupLimits.TrySetMemory(group.Path, Megabyte).Should().BeFalse();
        GroupLimits.TrySetCpus(group.Path, 1000).Should().BeFalse();
        GroupLimits.HasExceededMemory(group.Path).Should().BeFalse();
    }

    [Theory]
    [InlineData("low 0\nhigh 0\nmax 0\noom 0\noom_kill 0\noom_group_kill 0\n", false)]
    [InlineData("low 0\nhigh 0\nmax 12\noom 1\noom_kill 3\noom_group_kill 1\n", true)]
    [InlineData("low 0\nhigh 0\nmax 12\noom 0\noom_kill 0\n", false)]
    [InlineData("low 0\nhigh 0\nmax 0\noom 0\noom_kill 1\n", false)]
    public void A_kill_by_the_system_counts_when_the_group_has_reached_its_own_limit(string events, bool exceeded)
    {
        using var group = new TemporaryFolder();
        _ = group.Write("memory.events", events);

        GroupLimits.HasExceededMemory(group.Path).Should().Be(exceeded);
    }

    // As in a container that the job has started.
    [Fact]
    public void A_kill_by_the_system_in_a_group_of_the_job_with_a_limit_of_its_own_does_not_count()
    {
        using var group = new TemporaryFolder();
        _ = group.Write("memory.events", "oom 1\noom_kill 1\n");
        _ = group.Write("memory.events.local", "oom 0\noom_kill 0\n");

        GroupLimits.HasExceededMemory(group.Path).Should().BeFalse();
    }

    [Theory]
    [InlineData("cpuset cpu io pids\n", "+cpu")]
    [InlineData("memory\n", "+memory")]
    [InlineData("cpuset memory cpu\n", "+cpuory")]
    [InlineData("cpuset io\n", "")]
    [InlineData("", "")]
    public void The_controllers_that_the_system_has_are_enabled_one_after_the_other(string controllers, string written)
    {
        using var group = Group("cgroup.subtree_control");
        _ = group.Write("cgroup.controllers", controllers);

        GroupLimits.Enable(group.Path);

        // In a file of the system, each write adds to the earlier ones. Here, it is written over them.
        Read(group, "cgroup.subtree_control").Should().Be(written);
    }

    [Fact]
    public void The_group_around_is_used_when_it_is_delegated_to_this_process()
    {
        using var parent = Group(ControlFile.Processes);
        using var closed = Group();
        var own = parent.Folder("box");

        DelegatedGroup.ParentOf(own, folder => folder == parent.Path).Should().Be(parent.Path);
        DelegatedGroup.ParentOf(own, _ => false).Should().BeNull();
        DelegatedGroup.ParentOf(closed.Folder("box"), _ => true).Should().BeNull();
        DelegatedGroup.ParentOf("/", _ => true).Should().BeNull();
        DelegatedGroup.IsMarked(parent.Path).Should().BeFalse();
    }

    private static RunnerMessage Order() => new(RunnerVerb.Start, "r");

    private static TemporaryFolder Group(params string[] files)
    {
        var group = new TemporaryFolder();
        foreach (var file in files)
            _ = group.Write(file, "");
        return group;
    }

    private static string Read(TemporaryFolder group, string file) => File.ReadAllText(group.File(file));
}
