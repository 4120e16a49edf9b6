using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.State;

/// <summary>Answered changes are on disk (docs/SPECIFICATION.md#durability).</summary>
/// <remarks>CrashUnderLoadTests has a box that crashes again and again, and each end in its history once.</remarks>
public sealed class DurableTests
{
    [Fact]
    public async Task Answered_changes_survive_a_crash_without_a_checkpoint_also_those_of_a_pipelined_connection()
    {
        using var folder = new TemporaryFolder();
        string[] words = [$"state.file={folder.File("state")}", "state.checkpoint=0", "state.expire=600", "pools.p.slots=0"];
        string[] pipelined = [.. Enumerable.Range(0, 500).Select(number => $"j{number}")];
        await using (var box = await RunningBox.StartAsync([.. words, "pools.p.hold=true"]))
        {
            _ = await box.SubmitAsync(new { id = "kept", pool = "p", args = Some.Shell("echo x"), tags = new[] { "t" } });
            _ = await box.SubmitAsync(new { id = "changed", pool = "p", args = Some.True });
            _ = await box.SubmitAsync(new { id = "changed", tags = new[] { "later" } });
            _ = await box.SubmitAsync(new { id = "killed", pool = "p", args = Some.True });
            _ = await box.AskAsync("kill", "killed");
            _ = await box.SubmitAsync(new { id = "repaired", pool = "nowhere", args = Some.True });
            _ = await box.AskAsync("modify", new { repaired = new { tags = new[] { "r" } } });
            _ = await box.AskLineAsync("""
                [{"sync":{"synced":{"pool":"p","args":["/bin/true"],"node":false,"submit_node":false,"state":"new","submit_ts":5,"ts":5}}}]
                """.Trim());
            using var connection = await box.ConnectAsync();
            await connection.SendAsync(string.Concat(pipelined.Select(
                id => $$$"""{"submit":{"id":"{{{id}}}","pool":"nowhere","args":["x"]}}""" + "\n")));
            foreach (var id in pipelined)
                (await connection.ReadAnswerAsync())[0].GetProperty("submit").TryGetProperty(id, out _).Should().BeTrue();
            await box.CrashAsync();
        }

        await using var again = await RunningBox.StartAsync(words);

        (await again.WaitForEndAsync("kept")).Printed().Should().Be("x\n");
        (await again.WaitForEndAsync("changed")).Texts("tags").Should().Equal("later");
        (await again.WaitForEndAsync("synced")).Text("state").Should().Be("done");
        (await again.JobAsync("killed")).Text("state").Should().Be("killed");
        (await again.JobAsync("repaired")).Texts("tags").Should().Equal("r");
        (await again.AskAsync("ls", new { })).EnumerateArray().Select(id => id.GetString())
            .Should().BeEquivalentTo(["kept", "changed", "killed", "repaired", "synced", .. pipelined]);
    }
}
