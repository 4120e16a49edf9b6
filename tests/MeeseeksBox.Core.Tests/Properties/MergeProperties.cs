using CsCheck;
using MeeseeksBox.Core.Replication;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Tests.Properties;

/// <summary>
/// The result of a merge does not depend on the order of the copies or on the clocks of the nodes
/// (docs/SPECIFICATION.md#conflicts).
/// </summary>
public sealed class MergeProperties
{
    // The stages of one job in their order; the copies have random stamps and tags.
    private static readonly Gen<Job[]> StagesOfOneJob = Gen.Select(Gen.Int[1, 3].Array[1, 3], Gen.Int[0, 3], Gen.Bool).Select(
        (runs, end, pinned) => runs
            .SelectMany((count, epoch) => Stages(epoch, count, epoch == runs.Length - 1 ? end : 3, pinned)).ToArray());

    private static readonly Gen<(Job[] Stages, (int Stage, int Ts, int Order)[] Copies)> Copied =
        Gen.Select(StagesOfOneJob, Gen.Select(Gen.Int[0, 99], Gen.Int[1, 1_000_000], Gen.Int).Array[1, 8]);

    private static (int, JobState, int, string?, int, bool) Progress(JobStatus status) =>
        (status.Epoch, status.State, status.StartCount, status.Node, status.FailCount, status.Active);

    [Fact]
    public void Copies_merged_in_any_order_yield_the_most_advanced_status_and_the_latest_spec() => Copied.Sample(
        (stages, copies) =>
        {
            copies = [.. copies.DistinctBy(copy => copy.Ts)];
            var jobs = copies.Select(copy => Copy(stages, copy.Stage, copy.Ts)).ToArray();
            var furthest = stages[copies.Max(copy => copy.Stage % stages.Length)];
            var spec = jobs.Where(job => job.Status.Epoch == furthest.Status.Epoch).MaxBy(job => job.Ts)!.Spec.Tags;
            foreach (var order in new[] { jobs, [.. jobs.Reverse()], [.. jobs.OrderBy(job => job.Ts)] })
            {
                var head = new TestNode(Some.Head());
                head.Merge(order);

                var job = head["a"];
                Progress(job.Status).Should().Be(Progress(furthest.Status));
                job.Spec.Tags.Should().Equal(spec);
                head.Merge(order);
                head["a"].Should().BeSameAs(job, "merging is idempotent");
            }
        },
        iter: 1000,
        threads: 1);

    [Fact]
    public void A_kill_wins_over_every_copy_of_the_live_job_in_any_order() => Gen.Select(Copied, Gen.Int[0, 7]).Sample(
        (copied, place) =>
        {
            var live = copied.Copies.Select(copy => Copy(copied.Stages, copy.Stage, copy.Ts))
                .Where(job => job.IsLive && job.Status.Epoch is 0).ToList();
            var killed = Stages(0, 1, 3, false).First()
                .With(status => status with { State = JobState.Killed, Active = true }) with
            {
                Ts = 500_000,
            };
            live.Insert(place % (live.Count + 1), killed);
            var head = new TestNode(Some.Head());

            head.Merge([.. live]);

            (head["a"].Status.State, head["a"].Status.Active).Should().Be((JobState.Killed, true));
            head["a"].Status.StartCount.Should().Be(live.Max(job => job.Status.StartCount));
        },
        iter: 500,
        threads: 1);

    [Fact]
    public void Dominance_of_copies_is_antisymmetric_and_transitive() => Gen.Select(Copied, Gen.Int[0, 2]).Sample(
        (copied, _) =>
        {
            var jobs = copied.Copies.Select(copy => Copy(copied.Stages, copy.Stage, copy.Ts % 3)).ToArray();
            foreach (var (x, y, z) in from x in jobs from y in jobs from z in jobs select (x, y, z))
            {
                (CopyOrder.Dominates(x, y) && CopyOrder.Dominates(y, x)).Should().BeFalse();
                (CopyOrder.Dominates(x, y) && CopyOrder.Dominates(y, z) && !CopyOrder.Dominates(x, z))
                    .Should().BeFalse();
            }
        },
        iter: 50,
        threads: 1);

    private static Job Copy(Job[] stages, int stage, int ts) => stages[stage % stages.Length] with
    {
        Ts = ts,
        Spec = stages[stage % stages.Length].Spec with { Tags = [$"t{ts}"] },
    };

    private static IEnumerable<Job> Stages(int epoch, int runs, int end, bool pinned)
    {
        var job = new Job
        {
            Id = "a",
            Spec = new() { Pool = "p1", Args = ["x"] },
            Status = new() { Epoch = epoch, Node = pinned ? "n1" : $"n{epoch + 1}", SubmitNode = "n1" },
        };
        yield return job;
        for (var run = 1; run <= runs; run++)
        {
            job = job with
            {
                Status = job.Status with
                {
                    State = JobState.Running,
                    Active = true,
                    StartCount = run,
                    StartTs = run,
                    EndTs = null,
                },
            };
            yield return job;
            job = job with { Status = job.Status with { State = JobState.New, FailCount = run, EndTs = run + 1 } };
            if (run < runs)
                yield return job;
        }

        if (end < 3)
            yield return job with { Status = job.Status with { State = (JobState)(end + 2), Active = false } };
    }
}
