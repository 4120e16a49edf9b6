using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Rules;
using MeeseeksBox.Testing;

namespace MeeseeksBox.FileWatch.Tests.Rules;

/// <summary>Which files are moved aside (docs/SPECIFICATION.md#moved-files).</summary>
public sealed class MoveTests
{
    private const string Both = "'done_to':'good','failed_to':'bad','retries':0";

    [Theory]
    [InlineData(StatusState.Done, "a to /data/good")]
    [InlineData(StatusState.Failed, "a to /data/bad")]
    [InlineData(StatusState.Killed)]
    [InlineData(StatusState.Mtime)]
    public void The_result_of_the_last_job_tells_where_a_file_goes(StatusState state, params string[] moves)
    {
        Moves(new Scene(Both).With("a").WithStatus(0, "a", state)).Should().Equal(moves);
    }

    [Theory]
    [InlineData("'done_to':'good'", StatusState.Failed)]
    [InlineData("'failed_to':'bad','retries':0", StatusState.Done)]
    [InlineData("'failed_to':'bad'", StatusState.Failed)]
    [InlineData("", StatusState.Done)]
    public void A_file_without_a_target_stays(string json, StatusState state)
    {
        Moves(new Scene(json).With("a").WithStatus(0, "a", state)).Should().BeEmpty();
    }

    [Fact]
    public void A_file_with_retries_left_stays()
    {
        var scene = new Scene("'failed_to':'bad','retries':2").With("a", "b");
        scene.Status.Add(new WorkKey(0, "a"), StatusState.Failed, Scene.Now, failures: 2);
        scene.Status.Add(new WorkKey(0, "b"), StatusState.Failed, Scene.Now, failures: 3);

        Moves(scene).Should().Equal("b to /data/bad");
    }

    [Fact]
    public void A_file_waits_for_its_last_step()
    {
        var scene = new Scene(Some.Jobs(2) + "," + Both).With("3", "2", "1");
        foreach (var name in new[] { "3", "2", "1" })
            scene.WithStatus(0, name, name is "1" ? StatusState.Failed : StatusState.Done);
        scene.WithStatus(1, "1", StatusState.Done).WithInFlight(1, "2");

        Moves(scene).Should().Equal("1 to /data/good");
    }

    [Fact]
    public void The_last_step_with_a_job_counts()
    {
        var scene = new Scene("'jobs':[{'pool':'x','args':['x']},null]," + Both).With("2", "1");
        scene.WithStatus(0, "2", StatusState.Done).WithStatus(0, "1", StatusState.Failed);

        Moves(scene).Should().Equal("1 to /data/bad");
    }

    [Fact]
    public void A_set_moves_together_and_is_done_when_all_its_jobs_are()
    {
        const string Set = "'glob':['*.a','*.b'],'split':'.','match':1,";
        const string Each = "'jobs':[[{'pool':'x','args':['x']},{'pool':'y','args':['y']}]],";

        Moves(new Scene(Set + Both).With("1.a", "1.b", "2.a").WithStatus(0, "1.a", StatusState.Done))
            .Should().Equal("1.a 1.b to /data/good");
        Moves(new Scene(Set + Each + Both).With("1.a", "1.b").WithStatus(0, "1.a", StatusState.Done)).Should().BeEmpty();
        Moves(new Scene(Set + Each + Both).With("1.a", "1.b").WithStatus(0, "1.a", StatusState.Done)
            .WithStatus(0, "1.b", StatusState.Failed)).Should().Equal("1.a 1.b to /data/bad");
    }

    [Fact]
    public void A_changed_file_runs_before_it_is_moved()
    {
        var scene = new Scene("'updated':true," + Both).WithAged("a", 10).WithStatus(0, "a", StatusState.Done)
            .WithStatus(0, "a", StatusState.Mtime, 20);

        Moves(scene).Should().BeEmpty();
        scene.Due().Should().Equal("0:a");
    }

    [Fact]
    public void A_new_file_waits_while_another_one_with_its_name_is_being_moved()
    {
        var scene = new Scene(Both).With("a").WithStatus(0, "a", StatusState.Moving).WithStatus(0, "b", StatusState.Moving)
            .WithStatus(0, "b", StatusState.Done);

        (scene.Due().Length, Moves(scene).Length).Should().Be((0, 0));
        scene.Orphans().Should().BeEmpty();
    }

    [Theory]
    [InlineData("done_to=.", "done_to: is the watched folder itself; name another one, such as a folder in it")]
    [InlineData("failed_to=/data/", "failed_to: is the watched folder itself")]
    [InlineData("done_to=x/%(0)s", "done_to: only keys of the configuration can be put into it, and no values of files")]
    [InlineData("max_index=0", "done_to: cannot be used with max_index: a moved file makes its place free for an older one")]
    public void A_wrong_target_is_an_error(string word, string problem)
    {
        Read("done_to=good", word).Problems.Should().ContainSingle().Which.Should().Contain(problem);
    }

    [Fact]
    public void Watches_that_move_files_to_each_other_are_an_error()
    {
        const string Other = """watch.v={"path":"/next","glob":"*","done_to":"/data/","jobs":[{"pool":"p","args":["x"]}]}""";

        Read(Other, "done_to=/next").Problems.Should().Contain(
            line => line.Contains("watch.w: its files would come back by done_to and failed_to: /data, /next, /data"));
        Read(Other, "done_to=/elsewhere").Problems.Should().BeEmpty();
    }

    [Theory]
    [InlineData("a", "a-link", false, null)]
    [InlineData("a", "b-link", false, "a-link")]
    [InlineData("a-link", "b", false, "a")]
    [InlineData("a", "b", false, "dangling")]
    [InlineData("a", "a-link/new", true, null)]
    [InlineData("a", "b", true, "a-link/sub")]
    [InlineData("a", "sub-link", true, null)]
    public void Folders_are_compared_as_they_really_are(string path, string target, bool isRecursive, string? back)
    {
        using var folder = Folders();

        var problems = Circles(folder, path, target, isRecursive, back);

        problems.Should().NotBeEmpty().And.OnlyContain(line => line.Contains("its files would come back by done_to and failed_to: "));
        problems[0].Should().Contain($": {folder.File(path)}, {folder.File(target)}");
    }

    [Theory]
    [InlineData("a", "b-link", false, "c")]
    [InlineData("a", "a-link/sub", false, null)]
    [InlineData("a", "a/sub", true, null)]
    [InlineData("a", "b", true, "a-link/.hidden")]
    [InlineData("a", "missing/a", true, "b/done")]
    public void A_target_that_leads_elsewhere_is_no_circle(string path, string target, bool isRecursive, string? back)
    {
        using var folder = Folders();

        Circles(folder, path, target, isRecursive, back).Should().BeEmpty();
    }

    [Fact]
    public void A_file_that_comes_back_unchanged_soon_after_each_of_its_moves_is_stopped()
    {
        var returns = new ReturnDetector(TimeSpan.FromSeconds(60), most: 3);
        var now = 0L;
        var looks = new[] { (0, false), (59, false), (61, false), (59, false), (59, false), (59, true), (999, true) };
        foreach (var (seconds, isStopped) in looks)
        {
            now += TimeSpan.FromSeconds(seconds).Ticks;
            returns.HasReturned("a", 1, 2, now).Should().Be(isStopped);
            returns.HasReturned("a", 1, 3, now).Should().BeFalse();
            returns.HasReturned("b", 1, 2, now).Should().BeFalse();
            if (!isStopped)
                returns.AddMove("a", 1, 2, now);
        }
    }

    [Fact]
    public void A_target_for_failures_without_an_end_is_a_warning()
    {
        Read("failed_to=bad").Warnings.Should().ContainSingle().Which.Should()
            .Contain("failed_to: no file is moved there, because failed files are run again for ever; set retries");
    }

    private static TemporaryFolder Folders()
    {
        var folder = new TemporaryFolder();
        folder.Folder("a/sub");
        folder.Folder("b");
        var links = new[] { ("a-link", "a"), ("b-link", "b"), ("sub-link", "a/sub"), ("dangling", "dangling-2"), ("dangling-2", "a") };
        foreach (var (link, to) in links)
            Directory.CreateSymbolicLink(folder.File(link), to);
        return folder;
    }

    // A watch w, and a watch v of the folder b that moves files back.
    private static IReadOnlyList<string> Circles(TemporaryFolder folder, string path, string target, bool isRecursive, string? back)
    {
        var words = new List<string> { $"path={folder.File(path)}", $"done_to={folder.File(target)}" };
        if (isRecursive)
            words.Add("recursive=true");
        if (back is not null)
        {
            words.Add(
                $$"""
                watch.v={"path":"{{folder.File("b")}}","glob":"*","done_to":"{{folder.File(back)}}","jobs":[{"pool":"p","args":["x"]}]}
                """.Trim());
        }

        return [.. Read([.. words]).Problems];
    }

    private static MeeseeksBox.Configuration.ConfigurationResult<MeeseeksBox.WatchAgent.Configuration.WatcherConfig> Read(
        params string[] words) =>
        MeeseeksBox.WatchAgent.Configuration.WatcherConfigurationReader.Read(
        [
            """watch.w={"path":"/data","glob":"*","jobs":[{"pool":"p","args":["x"]}]}""",
            .. words.Select(word => word.StartsWith("watch.") ? word : $"watch.w.{word}"),
        ]);

    private static string[] Moves(Scene scene) =>
        [.. scene.Plan().Moves.Select(move => $"{string.Join(' ', move.Files)} to {move.Folder}")];
}
