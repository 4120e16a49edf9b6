using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.State;

/// <summary>Answered changes are on disk (docs/SPECIFICATION.md#durability).</summary>
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
        (await again.JobAsync("killed")).Text("state").Should().Be("killed");
        (await again.JobAsync("repaired")).Texts("tags").Should().Equal("r");
        (await again.AskAsync("ls", new { })).EnumerateArray().Select(id => id.GetString())
            .Should().BeEquivalentTo(["kept", "changed", "killed", "repaired", .. pipelined]);
    }

    [Fact]
    public async Task Each_end_is_in_the_history_once_however_often_the_box_crashes()
    {
        using var folder = new TemporaryFolder();
        var history = folder.File("history");
        string[] words =
        [
            $"state.file={folder.File("state")}",
            $"state.history={history}",
            "state.checkpoint=0.05",
            "state.expire=600",
            "pools.p.slots=2",
            "defaults.restart_delay=0.01",
        ];
        var random = new Random(1);
        const int rounds = 5;
        for (var round = 0; round < rounds; round++)
        {
            await using var box = await RunningBox.StartAsync(words);
            for (var number = 0; number < 10; number++)
                _ = await box.SubmitAsync(new { id = $"{round}.{number}", pool = "p", args = Some.Shell($"sleep 0.0{random.Next(5)}") });

            _ = await box.WaitForEndAsync($"{round}.{random.Next(10)}");
            await box.CrashAsync();
        }

        await using (var last = await RunningBox.StartAsync(words))
        {
            _ = await last.WaitForAsync(
                () => last.AskAsync("ls", new { state = new[] { "new", "running" } }), live => live.GetArrayLength() is 0);
            (await last.AskAsync("ls", new { })).GetArrayLength().Should().Be(rounds * 10);
        }

        var endings = File.ReadLines(history).Select(
            line => System.Text.Json.JsonElement.Parse(line).EnumerateObject().Single().Name).ToArray();
        endings.Should().OnlyHaveUniqueItems().And.HaveCount(rounds * 10);
    }

    [Fact]
    public async Task Without_durable_there_is_no_journal()
    {
        using var folder = new TemporaryFolder();
        await using var box = await RunningBox.StartAsync($"state.file={folder.File("state")}", "state.durable=false", "pools.p.slots=0");

        _ = await box.RunAsync(new { pool = "p", args = Some.True });

        Directory.GetFiles(folder.Path, "*journal*").Should().BeEmpty();
    }
}
