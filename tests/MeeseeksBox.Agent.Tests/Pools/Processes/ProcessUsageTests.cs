using System.Runtime.InteropServices;
using MeeseeksBox.Runner.Children;

namespace MeeseeksBox.Agent.Tests.Pools.Processes;

/// <summary>The structure of getrusage(2).</summary>
public sealed class ProcessUsageTests
{
    [Fact]
    public void User_time_and_system_time_count_and_blocks_have_512_bytes()
    {
        nint[] words = [1, 250_000, 2, 500_000, 34, -1, -1, -1, -1, 3, 4, -1, -1, -1, -1, -1];

        var usage = ProcessUsage.Of(MemoryMarshal.AsBytes(words.AsSpan()));

        usage.Should().Be(new ProcessUsage(3_750_000, 34 * 1024, 3 * 512, 4 * 512));
    }
}
