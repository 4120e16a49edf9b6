using MeeseeksBox.Runner.ControlGroups;

namespace MeeseeksBox.Agent.Tests.Pools.Processes;

// docs/RUNNER.md#control-groups
public sealed class ControlGroupMountTests
{
    private const string Hybrid = """
        31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
        35 31 0:32 / /sys/fs/cgroup/memory rw,relatime shared:9 - cgroup cgroup rw,memory
        41 31 0:38 / /sys/fs/cgroup/unified rw,relatime shared:5 master:2 - cgroup2 cgroup2 rw
        """;

    private const string Unified = "30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate";

    private const string Part = "30 23 0:26 /docker/abc /sys/fs/cgroup ro - cgroup2 cgroup rw";

    [Theory]
    [InlineData("4:memory:/x\n0::/", Hybrid, "/sys/fs/cgroup/unified")]
    [InlineData("0::/system.slice/meeseeks-box.service\n", Unified, "/sys/fs/cgroup/system.slice/meeseeks-box.service")]
    [InlineData("0::/docker/abc/inner", Part, "/sys/fs/cgroup/inner")]
    [InlineData("0::/docker/abc", Part, "/sys/fs/cgroup")]
    [InlineData("0::/docker/abcdef", Part, null)]
    [InlineData("0::/../other", Unified, null)]
    [InlineData("4:memory:/x", Hybrid, null)]
    [InlineData("0::/", "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw", null)]
    [InlineData("0::/", "30 23 0:26 / /my\\040groups rw - cgroup2 cgroup2 rw", null)]
    [InlineData("", "", null)]
    public void The_group_of_a_process_is_found_below_the_mount(string membership, string mounts, string? folder)
    {
        ControlGroupMount.FolderOf(membership, mounts).Should().Be(folder);
    }
}
