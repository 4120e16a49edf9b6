using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Rules;
using MeeseeksBox.WatchAgent.Configuration;

namespace MeeseeksBox.FileWatch.Tests.Rules;

/// <summary>The key <c>marker</c> (docs/WATCH.md#markers).</summary>
public sealed class MarkerTests
{
    private const string Job = "'jobs':[{'pool':'p','args':['x']}]";
    private const string Done = "'marker':'%(filename)s.done',";

    [Theory]
    [InlineData("%(filename)s.done", "20260101.00.dat.done")]
    [InlineData("ready-%(filename)s", "ready-20260101.00.dat")]
    [InlineData("%(stem)s.ok", "20260101.00.ok")]
    [InlineData("%(0)s_%(1)s", "20260101_00")]
    [InlineData("_SUCCESS", "_SUCCESS")]
    [InlineData("{%(0)s}*", "{20260101}*")]
    public void A_file_is_taken_when_its_marker_exists_which_itself_is_never_taken(string marker, string name)
    {
        var json = $"'glob':'*','split':'.','marker':'{marker}'," + Job;

        new Scene(json).With("20260101.00.dat").Due().Should().BeEmpty();
        new Scene(json).With("20260101.00.dat", name).Due().Should().Equal("0:20260101.00.dat");
        new Scene(json).With(name).Due().Should().BeEmpty();
    }

    [Fact]
    public void A_folder_or_a_hidden_name_may_be_a_marker()
    {
        var watch = Some.Watch("'marker':'.%(filename)s.done'," + Job);
        var folder = FolderSnapshot.OfSorted([new("a"), new("b")], new StatusTable(), new HashSet<string> { ".a.done" });

        Planner.Of(watch, folder, new HashSet<WorkKey>(), Scene.Now).Due.Select(work => work.FileName).Should().Equal("a");
    }

    [Fact]
    public void A_file_in_a_folder_has_its_marker_beside_it()
    {
        var watch = Some.Watch("'marker':'_SUCCESS'," + Job);

        watch.Marker!.Of("sub/deep/a.dat").Should().Be("sub/deep/_SUCCESS");
        watch.Marker.Is("sub/_SUCCESS").Should().BeTrue();
    }

    [Fact]
    public void A_file_that_waits_takes_no_place_and_completes_no_set()
    {
        new Scene("'run_all':false," + Done + Some.Jobs(2)).With("1", "1.done", "2", "2.done", "3").Due().Should().Equal("0:2", "1:1");
        new Scene("'glob':['*.a','*.b'],'split':'.','fileset':1," + Done + Job).With("1.a", "1.a.done", "1.b").Due().Should().BeEmpty();
        new Scene("'glob':['*.a','*.b'],'split':'.','fileset':1," + Done + Job).With("1.a", "1.a.done", "1.b", "1.b.done").Due()
            .Should().Equal("0:1.a");
    }

    [Theory]
    [InlineData("")]
    [InlineData("'updated':true,")]
    public void A_file_with_a_result_needs_no_marker_any_more(string updated)
    {
        new Scene(updated + "'run_all':false," + Done + Some.Jobs(2)).With("1", "1.done", "2").WithStatus(0, "2", StatusState.Done).Due()
            .Should().Equal("1:1");
        new Scene(updated + Done + Job).With("1").WithStatus(0, "1", StatusState.Failed).Due().Should().Equal("0:1");
    }

    [Fact]
    public void A_changed_file_needs_its_marker_again()
    {
        Changed().Due().Should().BeEmpty();
        Changed().With("1.done").Due().Should().Equal("0:1");

        static Scene Changed()
        {
            var scene = new Scene("'updated':true," + Done + Job).With("1").WithStatus(0, "1", StatusState.Done);
            scene.Status.Add(new WorkKey(0, "1"), StatusState.Mtime, Scene.Now - 2 * TimeSpan.TicksPerHour);
            return scene;
        }
    }

    [Fact]
    public void Files_are_explained_by_their_marker()
    {
        var scene = new Scene("'split':'_','marker':'%(1)s.done'," + Job).With("1_a", "2", "3_b", "b.done");

        scene.Plan(isExplained: true).Explanations!.Where(decision => !decision.IsDue)
            .Select(decision => $"{decision.FileName}: {decision.Reason}").Should().Equal(
                "b.done: it is a marker",
                "2: its name has too few parts for its marker, '%(1)s.done'",
                "1_a: it waits for its marker 'a.done'");
    }

    [Fact]
    public void With_a_marker_no_file_needs_to_be_unchanged_for_a_time()
    {
        Some.Watch(Done + Job).QuietTime.Should().Be(TimeSpan.Zero);
        Some.Watch(Done + "'settle':3," + Job).QuietTime.Should().Be(TimeSpan.FromSeconds(3));
    }

    [Theory]
    [InlineData("done/%(filename)s", "a marker is in the folder of its file: its name cannot contain a slash")]
    [InlineData("%(file", "'%(file': a format must be like %(filename)s; write %% for a percent sign")]
    [InlineData(
        "%(file)s.done",
        "%(file)s: a marker can have %(filename)s, %(stem)s, the parts %(0)s, %(1)s, …, or a key of the configuration alone")]
    [InlineData("%(1)s.done", "needs split, the text between the parts of names")]
    [InlineData("%(filename)s", "each file of '*.dat' could be a marker, and no marker is processed")]
    [InlineData("%(stem)s.dat", "each file of '*.dat' could be a marker, and no marker is processed")]
    public void A_marker_that_cannot_be_used_is_a_problem(string marker, string problem)
    {
        var word = """watch.w={"path":"/data","glob":"*.dat","jobs":[{"pool":"p","args":["x"]}]}""";

        WatcherConfigurationReader.Read([word, $"watch.w.marker={marker}"]).Lines.Should().Equal(
            $"command line: watch.w.marker: {problem}");
    }
}
