using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Client;

/// <summary>Paths that words name on this host (docs/SPECIFICATION.md#paths-of-words).</summary>
public sealed class LocalPathsTests(SharedBox shared) : SharedBoxTests(shared)
{
    [Theory]
    [InlineData("cwd=.", "")]
    [InlineData("cwd=sub", "/sub")]
    [InlineData("cwd=sub/..", "")]
    [InlineData("config.cwd=./sub", "/sub")]
    [InlineData("'cwd=~/sub'", "/home/sub")]
    [InlineData("'cwd=~'", "/home")]
    public async Task A_folder_is_that_of_the_caller(string word, string expected)
    {
        using var folder = new TemporaryFolder();
        _ = Directory.CreateDirectory(folder.File("sub"));
        _ = Directory.CreateDirectory(folder.File("home/sub"));

        var run = await Box.ShellAsync($"cd {folder.Path}; HOME={folder.File("home")} $0 sub wait=1 {word} p sh -c pwd");

        run.Should().BeEquivalentTo(new { Status = 0, Output = $"{folder.Path}{expected}\n", Errors = "" });
    }

    [Fact]
    public async Task Files_are_in_the_folder_of_the_job_and_a_program_too()
    {
        using var folder = new TemporaryFolder();
        _ = folder.WriteProgram("x", "#!/bin/sh\ncat\n");
        _ = folder.Write("in", "hello\n");
        var words = "stdin=in stdout=out 'stderr=~/err'";

        var run = await Box.ShellAsync($"cd {folder.Path}; HOME={folder.Path} $0 sub wait=1 cwd=. {words} p ./x");

        run.Should().BeEquivalentTo(new { Status = 0, Errors = "" });
        (await File.ReadAllTextAsync(folder.File("out"), TestContext.Current.CancellationToken)).Should().Be("hello\n");
        File.Exists(folder.File("err")).Should().BeTrue();
    }

    [Theory]
    [InlineData("stdout=rel.out p true", "stdout: 'rel.out'")]
    [InlineData("stdin=./in p true", "stdin: './in'")]
    [InlineData("p ./x", "args: './x'")]
    public async Task A_path_in_the_folder_of_the_box_is_a_warning(string words, string path)
    {
        (await Box.ShellAsync($"$0 sub hold=1 {words}")).Should().BeEquivalentTo(new
        {
            Status = 0,
            Errors = $"meeseeks-client: warning: {path} is relative to the folder of the box; with cwd=. it is relative to this folder\n",
        });
        (await Box.ShellAsync($"$0 sub hold=1 cwd=. {words}")).Errors.Should().BeEmpty();
    }

    [Theory]
    [InlineData("cd $(mktemp -d); rmdir $PWD; $0 sub cwd=. p true", "cwd: '.' cannot be completed: the current folder is gone; *")]
    [InlineData("env -u HOME $0 sub 'cwd=~' p true", "cwd: '~' cannot be expanded: HOME is not set; write the full path*")]
    [InlineData("$0 sub 'cwd=~root' p true", "cwd: '~root': only ~ and ~/ are expanded; *")]
    public async Task A_path_that_cannot_be_completed_is_wrong_usage(string script, string error)
    {
        var run = await Box.ShellAsync(script);

        run.Status.Should().Be(2);
        run.Errors.Should().Match($"meeseeks-client: {error}");
    }

    [Fact]
    public async Task A_change_completes_the_folder_too()
    {
        using var folder = new TemporaryFolder();
        var id = Some.Id();
        await Box.SubmitAsync(new { id, pool = "p", args = Some.True, hold = 1 });

        _ = await Box.ShellAsync($"cd {folder.Path}; $0 mod {id} cwd=.");

        (await Box.JobAsync(id)).Text("cwd").Should().Be(folder.Path);
    }
}
