using System.Text.Json;
using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Golden;

/// <summary>State files and journals of version 0.1.0, which each later version must load completely.</summary>
/// <remarks>
/// The files in Stored were written by a box of that version and never change. <c>stopped</c> was stopped in order;
/// <c>crashed</c> has a checkpoint and a journal whose last line is torn; <c>rotating</c> crashed between the rotation of the journal and
/// the end of the checkpoint. A later format gets a folder of its own beside 0.1.0.
/// </remarks>
public sealed class StoredStateTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("stopped", 21)]
    [InlineData("crashed", 15)]
    [InlineData("rotating", 16)]
    public async Task Every_job_is_loaded_with_every_attribute(string name, int count)
    {
        var stored = await CopyAsync(name);
        var transcript = new Transcript($"stored-{name}");

        // A node with another name neither runs the jobs nor marks them as crashed.
        await using var box = await StartAsync("name=elsewhere");
        var loaded = await box.AskAsync("get", new { });
        using (var connection = await box.ConnectAsync())
            await new RecordedSession(transcript, box, new LineStream(connection.Stream)).PlayAsync("""
                # All jobs, as another node loads them
                > [{"ls":{}}]
                > [{"get":{}}]
                """);

        stored.Should().HaveCount(count);
        loaded.Keys().Should().BeEquivalentTo(stored.Keys);
        foreach (var (id, job) in stored)
        {
            // A node assigns new numbers of change to all jobs that it loads.
            var now = loaded.GetProperty(id);
            var attributes = job.EnumerateObject().Where(attribute => attribute.Name is not "seq");
            foreach (var (key, value) in attributes.Select(one => (one.Name, one.Value)))
                now.GetProperty(key).GetRawText().Should().Be(value.GetRawText(), $"it is {key} of {id}");
            now.Keys().Should().Equal(job.Keys(), $"they are the attributes of {id}");
        }

        box.Log.Has("ERROR").Should().BeFalse();
        transcript.Verify();
    }

    [Fact]
    public async Task The_node_that_crashed_continues_as_before()
    {
        _ = await CopyAsync("crashed");
        var transcript = new Transcript("stored-crashed-here");
        var history = _folder.File("history");
        await using (var box = await StartAsync("name=n1", $"state.history={history}", "pools.p.hold=true", "pools.q.hold=true"))
        {
            using var connection = await box.ConnectAsync();
            await new RecordedSession(transcript, box, new LineStream(connection.Stream)).PlayAsync("""
                # All jobs, as the node itself loads them: what ran has crashed
                > [{"get":{}}]
                """);
        }

        var stop = TestContext.Current.CancellationToken;
        transcript.Content("The history: the ends of the journal, and those of the crash", await File.ReadAllTextAsync(history, stop));
        transcript.Content("The state at the stop", await File.ReadAllTextAsync(_folder.File("state"), stop));
        transcript.Verify();
    }

    public void Dispose() => _folder.Dispose();

    private Task<RunningBox> StartAsync(params string[] words) => RunningBox.StartAsync(
    [
        $"state.file={_folder.File("state")}", "state.checkpoint=0", "state.expire=1000000000", "state.expire_active_jobs=false", .. words,
    ]);

    // The last copies of the jobs: those of the state file, replaced by the lines of the journals.
    private async Task<Dictionary<string, JsonElement>> CopyAsync(string name)
    {
        var stored = Path.Combine(BuildOutput.Repository, "tests", "EndToEnd", "Golden", "Stored", "0.1.0", name);
        foreach (var file in Directory.GetFiles(stored))
            File.Copy(file, _folder.File(Path.GetFileName(file)));

        var state = JsonElement.Parse(await File.ReadAllTextAsync(_folder.File("state")));
        var jobs = state.EnumerateObject().ToDictionary(job => job.Name, job => job.Value);
        foreach (var journal in new[] { "state.journal.old", "state.journal" }.Select(_folder.File).Where(File.Exists))
        {
            // The text after the last newline is a torn line.
            foreach (var line in (await File.ReadAllTextAsync(journal)).Split('\n')[..^1].Select(line => JsonElement.Parse(line)))
            {
                if (line.Find("job") is { } job)
                    jobs[job.Text("id")] = job;
                else if (line.Find("gone") is { } id)
                    _ = jobs.Remove(id.GetString()!);
            }
        }

        return jobs;
    }
}
