using System.Text.Json.Nodes;
using MeeseeksBox.Client;
using MeeseeksBox.WatchAgent.Jobs;
using MeeseeksBox.WatchSimulation.Boxes;
using MeeseeksBox.WatchSimulation.Time;

namespace MeeseeksBox.FileWatch.Tests.Jobs;

/// <summary>A submit changes no job that the box has (docs/WATCH.md#nothing-is-lost-nothing-runs-twice).</summary>
public sealed class BoxJobsTests : IDisposable
{
    private readonly List<string> _tags = [];
    private readonly SimulatedBox _box;
    private readonly BoxJobs _jobs;

    public BoxJobsTests()
    {
        _box = new SimulatedBox { OnSubmitted = _ => { }, OnTagged = (job, _) => _tags.Add(job.Tags.Single()) };
        _jobs = new BoxJobs(new BoxConnection(_box, 1, new Trap()));
        _ = _box.Answer(new JsonObject { ["submit"] = Spec("old") }, watcher: 1);
    }

    public void Dispose() => _jobs.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false, "new", "old")]
    public async Task A_known_job_keeps_its_tags_or_gets_them_back(bool hasOnlyNew, params string[] changes)
    {
        _box.HasOnlyNew = hasOnlyNew;

        var (known, made, _) = await _jobs.SubmitAsync(Spec("new"), isSpread: false, TestContext.Current.CancellationToken);

        known.Single().Spec.Tags.Should().Equal("old");
        made.Should().BeEmpty();
        _tags.Should().Equal(changes);
    }

    [Fact]
    public async Task A_job_with_the_same_tags_needs_no_further_request()
    {
        _box.HasOnlyNew = false;

        _ = await _jobs.SubmitAsync(Spec("old"), isSpread: false, TestContext.Current.CancellationToken);

        _tags.Should().Equal("old");
    }

    [Fact]
    public async Task An_id_that_ends_in_a_star_is_one_id()
    {
        var (known, made, _) = await _jobs.SubmitAsync(Spec("new", "a*"), isSpread: false, TestContext.Current.CancellationToken);

        (known.Count, made.Single().Id).Should().Be((0, "a*"));
        (await _jobs.FindAsync("a*", isSpread: false, TestContext.Current.CancellationToken)).Should().ContainSingle();
    }

    [Fact]
    public async Task The_reason_of_a_refusal_is_told()
    {
        _box.Refusal = "this client may only read";

        var submit = () => _jobs.SubmitAsync(Spec("new", "b"), isSpread: false, TestContext.Current.CancellationToken);

        (await submit.Should().ThrowAsync<MeeseeksRequestException>()).WithMessage("this client may only read");
    }

    private static JsonObject Spec(string tag, string id = "a") =>
        new() { ["id"] = id, ["pool"] = "p", ["args"] = new JsonArray("x", "f"), ["tags"] = new JsonArray(tag) };
}
