using MeeseeksBox.Agent.Pools.Plugins;
using MeeseeksBox.Plugins;
using MeeseeksBox.Testing;

namespace MeeseeksBox.Agent.Tests.Pools.Plugins;

// docs/SPECIFICATION.md#plugin-lookup
public sealed class PluginLoaderTests : IDisposable
{
    private const string Offer = "its tasks are: TestProgram.Tasks.Greeting";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("TestProgram.Greeting")]
    [InlineData("TestProgram.dll:Greeting")]
    [InlineData("TestProgram.dll:TestProgram.Tasks.Greeting")]
    public async Task A_class_is_found_by_its_simple_or_full_name(string plugin)
    {
        var task = Loader(BuildOutput.Of("tests/TestProgram")).Find(plugin);
        var run = new FakeRun(Some.Job("Rick"));

        var outcome = await task.Value!().RunAsync(run, TestContext.Current.CancellationToken);

        outcome.Succeeded.Should().BeTrue();
        run.Reported["greeting"]!.GetValue<string>().Should().Be("hello Rick");
    }

    [Fact]
    public void Dots_before_the_class_are_folders()
    {
        _folder.Folder("acme/tasks");
        File.Copy(TestProgram.Assembly, _folder.File("acme/tasks/TestProgram.dll"));

        Loader(_folder.Path).Find("acme.tasks.TestProgram.Greeting").IsSuccess.Should().BeTrue();
        Loader(_folder.Path).Find("acme/tasks/TestProgram.dll:Greeting").IsSuccess.Should().BeTrue();
    }

    [Fact]
    public void A_plugin_with_a_copy_of_the_interface_uses_that_of_the_box()
    {
        File.Copy(TestProgram.Assembly, _folder.File("TestProgram.dll"));
        File.Copy(typeof(IJobTask).Assembly.Location, _folder.File("MeeseeksBox.Plugins.dll"));

        Loader(_folder.Path).Find("TestProgram.Greeting").Problem.Should().BeNull();
    }

    [Fact]
    public void A_full_path_needs_no_folder()
    {
        Loader(_folder.Path).Find($"{TestProgram.Assembly}:Greeting").IsSuccess.Should().BeTrue();
    }

    [Fact]
    public void The_first_folder_with_the_file_is_used()
    {
        _folder.Write("TestProgram.dll", "not this one");

        Loader(BuildOutput.Of("tests/TestProgram"), _folder.Path).Find("TestProgram.Greeting").IsSuccess.Should().BeTrue();
        Loader(_folder.Path, BuildOutput.Of("tests/TestProgram")).Find("TestProgram.Greeting").IsSuccess.Should().BeFalse();
    }

    [Fact]
    public void Plugins_are_beside_the_config_file_beside_the_program_and_in_MEESEEKS_PLUGINS()
    {
        var beside = Path.Combine(AppContext.BaseDirectory, "plugins");

        PluginLoader.Folders(["/etc/meeseeks"], "/a:/b").Should().Equal("/etc/meeseeks", beside, "/a", "/b");
        PluginLoader.Folders([], null).Should().Equal(beside);
    }

    [Fact]
    public async Task Every_run_gets_a_task_of_its_own_from_the_same_loaded_file()
    {
        var loader = Loader(BuildOutput.Of("tests/TestProgram"));

        var first = await MadeAsync(loader.Find("TestProgram.Greeting").Value!());
        var second = await MadeAsync(loader.Find("TestProgram.dll:Greeting").Value!());
        var elsewhere = await MadeAsync(Loader(BuildOutput.Of("tests/TestProgram")).Find("TestProgram.Greeting").Value!());

        (first, second, elsewhere).Should().Be((1, 2, 1));
    }

    [Fact]
    public async Task A_changed_file_is_loaded_again()
    {
        var file = _folder.File("TestProgram.dll");
        File.Copy(TestProgram.Assembly, file);
        var loader = Loader(_folder.Path);
        await MadeAsync(loader.Find("TestProgram.Greeting").Value!());

        File.SetLastWriteTimeUtc(file, new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        var made = await MadeAsync(loader.Find("TestProgram.Greeting").Value!());

        made.Should().Be(1);
    }

    [Theory]
    [InlineData("Greeting")]
    [InlineData("")]
    [InlineData(".Greeting")]
    [InlineData("TestProgram.")]
    [InlineData("TestProgram.dll:")]
    public void A_setting_without_a_class_has_an_error_with_the_expected_form(string plugin)
    {
        Loader(_folder.Path).Find(plugin).Problem.Should().Be(
            $"plugin '{plugin}' names no class in a file; expected path.module.Class or path/to/file.dll:Full.Class.Name");
    }

    [Fact]
    public void A_missing_file_has_an_error_with_all_paths()
    {
        Loader(_folder.Path, "/elsewhere").Find("acme.Tasks.Paint").Problem.Should().Be(
            $"plugin 'acme.Tasks.Paint': there is no file {_folder.Path}/acme/Tasks.dll or /elsewhere/acme/Tasks.dll");
    }

    [Fact]
    public void A_file_that_is_not_an_assembly_has_an_error()
    {
        var file = _folder.Write("Tasks.dll", "MZ, or so it says");

        Loader(_folder.Path).Find("Tasks.Paint").Problem
            .Should().Be($"plugin 'Tasks.Paint': {file} is not a .NET assembly for this system");
    }

    [Theory]
    [InlineData("Paint", "{0} has no class 'Paint'; " + Offer)]
    [InlineData("NotATask", "class TestProgram.Tasks.NotATask of {0} is not a task: it does not implement IJobTask; " + Offer)]
    [InlineData(
        "Unfinished",
        "class TestProgram.Tasks.Unfinished of {0} cannot be created: "
        + "a task is not abstract and has a public constructor without parameters; " + Offer)]
    [InlineData(
        "NeedsAName",
        "class TestProgram.Tasks.NeedsAName of {0} cannot be created: "
        + "a task is not abstract and has a public constructor without parameters; " + Offer)]
    public void An_unusable_class_has_an_error_with_the_usable_ones(string name, string problem)
    {
        var found = Loader(BuildOutput.Of("tests/TestProgram")).Find($"TestProgram.{name}");

        found.Problem.Should().Be($"plugin 'TestProgram.{name}': " + string.Format(null, problem, TestProgram.Assembly));
    }

    [Fact]
    public void An_assembly_with_missing_libraries_has_an_error()
    {
        // The assembly refers to a library under a name that does not exist.
        var bytes = File.ReadAllBytes(TestProgram.Assembly);
        Replace(bytes, "MeeseeksBox.Plugins\0"u8, "MeeseeksBox.Missing\0"u8);
        File.WriteAllBytes(_folder.File("Broken.dll"), bytes);

        var found = Loader(_folder.Path).Find("Broken.Greeting");

        found.Problem.Should().StartWith(
            $"plugin 'Broken.Greeting': {_folder.File("Broken.dll")} has no class 'Greeting'; "
            + "it has no tasks (some of it cannot be loaded: ")
            .And.Contain("MeeseeksBox.Missing");
    }

    private static PluginLoader Loader(params string[] folders) => new(folders);

    private static async Task<int> MadeAsync(IJobTask task)
    {
        var run = new FakeRun(Some.Job("you"));
        await task.RunAsync(run, TestContext.Current.CancellationToken);
        return run.Reported["made"]!.GetValue<int>();
    }

    private static void Replace(Span<byte> bytes, ReadOnlySpan<byte> old, ReadOnlySpan<byte> replacement) =>
        replacement.CopyTo(bytes[bytes.IndexOf(old)..]);
}
