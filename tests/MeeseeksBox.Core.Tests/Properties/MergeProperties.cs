using CsCheck;
using MeeseeksBox.Core.Replication;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Tests.Properties;

/// <summary>
/// What a node ends up with does not depend on the order in which copies reach it, nor on anybody's clock
/// (docs/SPECIFICATION.md#conflicts).
/// </summary>
public sealed class MergeProperties
{
    // The stages of one job as its nodes lived through them; stamps and tags of the copies are made up.
    private static readonly Gen<Job[]> Lives = Gen.Select(Gen.Int[1, 3].Array[1, 3], Gen.Int[0, 3], Gen.Bool).Select(
        (runs, end, pinned) => runs.SelectMany((count, epoch) => Stages(epoch, count, epoch == runs.Length - 1 ? end : 3, pinned)).ToArray());

    private static readonly Gen<(Job[] Life, (int Stage, int Ts, int Order)[] Copies)> Copied =
        Gen.Select(Lives, Gen.Select(Gen.Int[0, 99], Gen.Int[1, 1_000_000], Gen.Int).Array[1, 8]);

    [Fact]
    public void Any_copies_in_any_order_give_the_stage_that_the_job_has_got_furthest_and_the_latest_wishes() => Copied.Sample(
        (life, copies) =>
        {
            var jobs = copies.DistinctBy(copy => copy.Ts).Select(copy => Copy(life, copy.Stage, copy.Ts)).ToArray();
            var furthest = life[copies.Max(copy => copy.Stage % life.Length)];
            var spec = jobs.Where(job => job.Epoch == furthest.Epoch).MaxBy(job => job.Ts)!.Tags;
            foreach (var order in new[] { jobs, [.. jobs.Reverse()], [.. jobs.Order(Comparer<Job>.Create((x, y) => x.Ts.CompareTo(y.Ts)))] })
            {
                var head = new TestNode(Some.Head());
                head.Merge(order);

                var job = head["a"];
                (job.Epoch, job.State, job.StartCount, job.Node, job.FailCount, job.Active, string.Join(' ', job.Tags)).Should().Be(
                    (furthest.Epoch, furthest.State, furthest.StartCount, furthest.Node, furthest.FailCount, furthest.Active, string.Join(' ', spec)));
                head.Merge(order);
                head["a"].Should().BeSameAs(job, "merging is idempotent");
            }
        },
        iter: 1000,
        threads: 1);

    [Fact]
    public void A_kill_holds_against_every_copy_of_the_live_job_in_any_order() => Gen.Select(Copied, Gen.Int[0, 7]).Sample(
        (copied, place) =>
        {
            var live = copied.Copies.Select(copy => Copy(copied.Life, copy.Stage, copy.Ts)).Where(job => job.IsLive && job.Epoch is 0).ToList();
            live.Insert(place % (live.Count + 1), Stages(0, 1, 3, false).First() with { State = JobState.Killed, Active = true, Ts = 500_000 });
            var head = new TestNode(Some.Head());

            head.Merge([.. live]);

            (head["a"].State, head["a"].Active).Should().Be((JobState.Killed, true));
            head["a"].StartCount.Should().Be(live.Max(job => job.StartCount));
        },
        iter: 500,
        threads: 1);

    [Fact]
    public void Of_two_copies_at_most_one_is_newer_and_of_three_the_order_is_one() => Gen.Select(Copied, Gen.Int[0, 2]).Sample(
        (copied, _) =>
        {
            var jobs = copied.Copies.Select(copy => Copy(copied.Life, copy.Stage, copy.Ts % 3)).ToArray();
            foreach (var (x, y, z) in from x in jobs from y in jobs from z in jobs select (x, y, z))
            {
                (ConflictResolver.Dominates(x, y) && ConflictResolver.Dominates(y, x)).Should().BeFalse();
                (ConflictResolver.Dominates(x, y) && ConflictResolver.Dominates(y, z) && !ConflictResolver.Dominates(x, z)).Should().BeFalse();
            }
        },
        iter: 50,
        threads: 1);

    private static Job Copy(Job[] life, int stage, int ts) => life[stage % life.Length] with { Ts = ts, Tags = [$"t{ts}"] };

    private static IEnumerable<Job> Stages(int epoch, int runs, int end, bool pinned)
    {
        var job = new Job { Id = "a", Pool = "p1", Args = ["x"], Epoch = epoch, Node = pinned ? "n1" : $"n{epoch + 1}", SubmitNode = "n1" };
        yield return job;
        for (var run = 1; run <= runs; run++)
        {
            job = job with { State = JobState.Running, Active = true, StartCount = run, StartTs = run, EndTs = null };
            yield return job;
            job = job with { State = JobState.New, FailCount = run, EndTs = run + 1 };
            if (run < runs)
            {
                yield return job;
            }
        }

        if (end < 3)
        {
            yield return job with { State = (JobState)(end + 2), Active = false };
        }
    }
}
