using System.Text;
using System.Text.Json;
using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Cluster;

/// <summary>The output of a job at the bottom of a tree is read at the top while the job runs (docs/SPECIFICATION.md#tail).</summary>
[Collection(nameof(SmallTree))]
public sealed class TreeTailTests(SmallTree tree)
{
    private RunningBox Master => tree.Master;

    [Fact]
    public async Task Output_arrives_at_the_top_while_the_job_runs_and_its_rest_at_the_end()
    {
        using var folder = new TemporaryFolder();
        var id = await SubmitAsync("echo one; echo oops >&2; while ! test -e \"$0\"; do sleep 0.02; done; echo two", folder.File("go"));
        using var reader = await Master.ConnectAsync();

        var first = await TailAsync(reader, new { id }, wait: 60);
        var errors = await TailAsync(reader, new { id, stream = "stderr" }, wait: 60);
        Printed(first).Should().Be("one\n");
        (first.Number("run"), first.Flag("ended")).Should().Be((1, false));
        Printed(errors).Should().Be("oops\n");

        folder.Write("go", "");
        var rest = new StringBuilder();
        for (var part = first; !part.Flag("ended");)
        {
            part = await TailAsync(reader, new { id, offset = part.Number("offset"), run = part.Number("run") }, wait: 60);
            rest.Append(Printed(part));
        }

        rest.ToString().Should().Be("two\n");
        Printed(await TailAsync(reader, new { id, offset = -4 })).Should().Be("two\n");
    }

    [Fact]
    public async Task A_further_line_ends_the_wait_on_all_nodes()
    {
        var id = await SubmitAsync("echo one; exec sleep 1000");
        using var reader = await Master.ConnectAsync();
        _ = await TailAsync(reader, new { id }, wait: 60);

        await reader.SendAsync($"{Line(new { id, offset = 4 }, wait: 600)}\n");
        await reader.SendAsync("[]\n");

        var held = (await reader.ReadAnswerAsync())[0].Find("tail")!.Value;
        (Printed(held), held.Number("offset"), held.Flag("ended")).Should().Be(("", 4, false));
        (await reader.ReadAnswerAsync()).GetArrayLength().Should().Be(0);
        await Master.AskAsync("kill", id);
    }

    [Fact]
    public async Task A_kill_ends_the_wait_with_what_was_printed()
    {
        var id = await SubmitAsync("echo one; exec sleep 1000");
        using var reader = await Master.ConnectAsync();
        var first = await TailAsync(reader, new { id }, wait: 60);
        await reader.SendAsync($"{Line(new { id, offset = first.Number("offset"), run = 1 }, wait: 600)}\n");

        await Master.AskAsync("kill", id);

        (await reader.ReadAnswerAsync())[0].Find("tail")!.Value.Flag("ended").Should().BeTrue();
    }

    [Fact]
    public async Task Another_run_begins_a_new_stream()
    {
        using var folder = new TemporaryFolder();
        const string Script = "if test -e \"$0\"; then echo second; exec sleep 1000; fi; >\"$0\"; echo first; exit 1";
        var id = await SubmitAsync(Script, folder.File("again"), retries: 1);
        using var reader = await Master.ConnectAsync();
        await Master.WaitForJobAsync(id, job => job.Number("start_count") is 2);

        var second = await TailAsync(reader, new { id, offset = 6, run = 1 }, wait: 60);

        (Printed(second), second.Number("run"), second.Number("offset")).Should().Be(("second\n", 2, 7));
        await Master.AskAsync("kill", id);
    }

    private static string Line(object tail, int wait) => JsonSerializer.Serialize(new[] { new { tail, wait } });

    private static async Task<JsonElement> TailAsync(BoxConnection reader, object tail, int wait = 0)
    {
        var answer = (await reader.AskAsync(Line(tail, wait)))[0];
        return answer.Find("tail") is { ValueKind: JsonValueKind.Object } part
            ? part
            : throw new InvalidOperationException($"tail was answered with {answer}");
    }

    private static string Printed(JsonElement part) => Encoding.UTF8.GetString(part.GetProperty("data").GetBytesFromBase64());

    private async Task<string> SubmitAsync(string script, string argument = "", int retries = 0)
    {
        var args = Some.Shell(script, argument);
        return (await Master.SubmitAsync(new { pool = "p", node = "node1", retries, args })).Text("id");
    }
}
