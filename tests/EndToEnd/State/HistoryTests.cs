using System.Text.Json;
using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.State;

/// <summary>History (docs/SPECIFICATION.md#history).</summary>
public sealed class HistoryTests
{
    [Fact]
    public async Task Each_ending_is_one_line_with_the_job_as_it_ended()
    {
        using var folder = new TemporaryFolder();
        var history = folder.File("history");
        await using var box = await RunningBox.StartAsync(
            $"state.history={history}", "state.expire=0.2", "pools.p.slots=0", "pools.p.restart_delay=0");

        _ = await box.SubmitAsync(new { id = "good", pool = "p", args = Some.Shell("echo x") });
        _ = await box.SubmitAsync(new { id = "retried", pool = "p", args = Some.Shell("exit 1"), retries = 1 });
        _ = await box.SubmitAsync(new { id = "held", pool = "p", args = Some.True, hold = true });
        _ = await box.AskAsync("kill", "held");
        _ = await box.AskAsync("kill", "held");
        _ = await box.WaitForAsync(() => box.AskAsync("ls", new { }), jobs => jobs.GetArrayLength() is 0);
        (await box.StopAsync()).Should().Be(0);

        var endings = Read(history);
        endings.Select(job => job.Text("id")).Should().BeEquivalentTo("good", "retried", "retried", "held");
        endings.Single(job => job.Text("id") is "good").Printed().Should().Be("x\n");
        endings.Where(job => job.Text("id") is "retried").Select(job => job.Number("fail_count")).Should().Equal(1, 2);
        endings.Should().OnlyContain(job => job.Text("state") == "failed" || job.Text("state") == "done" || job.Text("state") == "killed");
    }

    [Fact]
    public async Task A_moved_history_is_created_again_and_without_its_folder_jobs_go_on()
    {
        using var folder = new TemporaryFolder();
        var place = folder.Folder("place");
        var history = Path.Combine(place, "history");
        await using var box = await RunningBox.StartAsync($"state.history={history}", "pools.p.slots=0");
        _ = await box.RunAsync(new { id = "a", pool = "p", args = Some.True });
        _ = await box.WaitForFileAsync(history, text => text.EndsWith('\n'));

        File.Move(history, folder.File("old"));
        _ = await box.RunAsync(new { id = "b", pool = "p", args = Some.True });
        _ = await box.WaitForFileAsync(history, text => text.EndsWith('\n'));
        var created = Read(history);
        Directory.Delete(place, recursive: true);
        var job = await box.RunAsync(new { pool = "p", args = Some.True });
        await box.WaitForLogAsync($"history write failed, retry every 5 s: {history}: its folder {place} does not exist");

        created.Should().ContainSingle().Which.Text("id").Should().Be("b");
        job.Text("state").Should().Be("done");
    }

    private static JsonElement[] Read(string file) =>
        [.. File.ReadAllLines(file).Select(line => JsonElement.Parse(line).EnumerateObject().Single()).Select(ending => ending.Value)];
}
