using System.Text.Json;
using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.EndToEnd.Client;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Jobs;

/// <summary>Names that are not UTF-8 in jobs (docs/PROTOCOL.md#bytes-that-are-not-utf-8).</summary>
public sealed class ByteNameTests(SharedBox shared) : SharedBoxTests(shared)
{
    [Fact]
    public async Task A_process_gets_the_bytes_of_its_arguments_and_variables_and_the_answer_has_them()
    {
        const string Script = """printf %s \"$1|$NAME\" | od -An -v -tx1""";

        var job = await RunAsync($$"""
            "args":["/bin/sh","-c","{{Script}}","sh","a\udcff\ud83d\ude00\udcc3"],"env":{"NAME":"\uDC80é"},"tags":["t\udcff"]
            """);

        job.Printed().Trim().Should().Be("61 ff f0 9f 98 80 c3 7c 80 c3 a9");
        job.GetRawText().Should().Contain("a\\udcff").And.Contain("\"NAME\":\"\\udc80é\"").And.Contain("t\\udcff");
    }

    [Theory]
    [InlineData("")]
    [InlineData(",\"memory\":\"1G\"")]
    public async Task Folder_files_and_program_may_have_such_a_name(string limit)
    {
        using var folder = new TemporaryFolder();
        var made = await Box.ShellAsync(
            $"mkdir {folder.Path}/$'d\\xff'; cd {folder.Path}/$'d\\xff'; printf in > $'i\\xfe'; cp /bin/cat $'cat\\xfd'; ls | od -An -tx1");
        made.Status.Should().Be(0, made.Errors);

        var job = await RunAsync($$"""
            "args":["./cat\udcfd"],"cwd":"{{folder.Path}}/d\udcff","stdin":"i\udcfe","stdout":"o\udcfc","stderr":"o\udcfc"{{limit}}
            """);

        job.Text("state").Should().Be("done", job.GetRawText());
        (await Box.ShellAsync($"cd {folder.Path}; cat $'d\\xff'/$'o\\xfc'; rm -r $'d\\xff'")).Output.Should().Be("in");
    }

    [Fact]
    public async Task An_error_names_the_file_by_its_bytes()
    {
        var job = await RunAsync("""  "args":["/none\udcff"]  """);

        job.GetRawText().Should().Contain("no such program: /none\\udcff");
        Box.Log.Has("\ufffd").Should().BeFalse();
    }

    [Fact]
    public async Task The_client_passes_the_words_of_a_job_on_by_their_bytes()
    {
        var run = await Box.ShellAsync("\"$0\" sub wait=1 p printf %s $'a\\xffb' | od -An -tx1", "meeseeks-client");
        var shown = await Box.ShellAsync("\"$0\" sub p echo $'a\\xffb'", "meeseeks-client");

        run.Output.Trim().Should().Be("61 ff 62");
        shown.Output.Should().ContainEquivalentOf("\"a\\udcffb\"");
    }

    private async Task<JsonElement> RunAsync(string attributes)
    {
        var id = Some.Id();
        _ = await Box.AskLineAsync($$$"""[{"submit":{"id":"{{{id}}}","pool":"p",{{{attributes.Trim()}}} } }]""");
        return await Box.WaitForEndAsync(id);
    }
}
