using MeeseeksBox.Runner.Starting;
using MeeseeksBox.Testing;

namespace MeeseeksBox.Agent.Tests.Pools.Processes;

// The search for a program is that of a shell, not that of .NET (docs/SPECIFICATION.md#environment).
public sealed class ProgramSearchTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_name_is_looked_up_along_PATH_in_order()
    {
        var first = _folder.Folder("first");
        var second = _folder.Folder("second");
        _folder.WriteProgram("second/tool", "");
        _folder.WriteProgram("second/both", "");
        _folder.WriteProgram("first/both", "");

        ProgramSearch.Find("tool", "/", $"{first}:{second}").Value.Should().Be(Path.Combine(second, "tool"));
        ProgramSearch.Find("both", "/", $"{first}:{second}").Value.Should().Be(Path.Combine(first, "both"));
    }

    [Fact]
    public void Folders_and_files_without_execute_permission_are_skipped()
    {
        var first = _folder.Folder("first");
        _folder.Folder("first/folder");
        _folder.Write("first/tool", "");
        var second = _folder.Folder("second");
        var tool = _folder.WriteProgram("second/tool", "");
        var program = _folder.WriteProgram("second/folder", "");

        ProgramSearch.Find("tool", "/", $"{first}:{second}").Value.Should().Be(tool);
        ProgramSearch.Find("folder", "/", $"{first}:{second}").Value.Should().Be(program);
    }

    [Fact]
    public void The_folder_of_the_job_is_searched_only_if_it_is_in_PATH()
    {
        var tool = _folder.WriteProgram("tool", "");

        ProgramSearch.Find("tool", _folder.Path, "/bin").IsSuccess.Should().BeFalse();
        ProgramSearch.Find("tool", _folder.Path, "/bin:").Value.Should().Be(tool);
        ProgramSearch.Find("tool", _folder.Path, ".:/bin").Value.Should().Be(tool);
    }

    [Fact]
    public void The_folder_of_the_box_is_not_searched()
    {
        var own = Path.GetFileName(Environment.ProcessPath!);

        ProgramSearch.Find(own, "/", "/nowhere").IsSuccess.Should().BeFalse();
    }

    [Fact]
    public void Without_a_PATH_the_usual_folders_are_searched()
    {
        ProgramSearch.Find("sh", "/", null).Value.Should().Be("/bin/sh");
    }

    [Fact]
    public void A_name_with_a_slash_is_relative_to_the_folder_of_the_job()
    {
        _folder.Folder("bin");
        var tool = _folder.WriteProgram("bin/tool", "");

        ProgramSearch.Find("bin/tool", _folder.Path, null).Value.Should().Be(tool);
        ProgramSearch.Find("./bin/../bin/tool", _folder.Path, null).Value.Should().Be(tool);
        ProgramSearch.Find(tool, "/", null).Value.Should().Be(tool);
    }

    [Fact]
    public void An_empty_name_is_no_program()
    {
        ProgramSearch.Find("", "/", "/bin").Problem.Should().Be("no such program: '' is in none of the folders of PATH (/bin)");
    }
}
