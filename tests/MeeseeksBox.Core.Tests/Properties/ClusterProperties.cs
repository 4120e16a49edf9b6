using CsCheck;

namespace MeeseeksBox.Core.Tests.Properties;

/// <summary>
/// All nodes converge and no job runs too often, whatever the cuts of links and the clocks
/// (docs/SPECIFICATION.md#conflicts).
/// </summary>
public sealed class ClusterProperties
{
    private static readonly Gen<(int Heads, int[] Skews, (int Kind, int Seed)[] Steps)> Sequences =
        Gen.Select(Gen.Int[1, 2], Gen.Int[-300, 300].Array[5], Gen.Select(Gen.Int[0, 13], Gen.Int[0, 100_000]).Array[0, 60]);

    [Theory]
    [InlineData(100_000)]
    [InlineData(15)]
    public void All_nodes_converge_and_no_job_runs_more_often_than_allowed(double expire) => Sequences.Sample(
        (heads, skews, steps) =>
        {
            var cluster = new Cluster(heads, expire, skews);
            foreach (var (kind, seed) in steps)
                cluster.Step(kind, seed);

            cluster.RunToIdle();

            foreach (var all in cluster.CopiesOfEach)
            {
                // A head that has removed an ended job does not correct the ended copies of the nodes below: they expire.
                var isKnownAbove = all.Any(copy => copy.Node.Core.Settings.Expire == expire);
                var copies = all.Select(copy => copy.Job).Where(job => isKnownAbove || !job.HasEnded).ToArray();
                var views = copies
                    .Select(job => (
                        job.Status.Epoch, job.Status.State, job.Status.Active, job.Status.Node, job.Status.Rc,
                        job.Status.StartCount, job.Status.FailCount, job.Status.Error,
                        Tags: string.Join(' ', job.Spec.Tags)))
                    .Distinct().ToArray();
                Require(views.Length <= 1, $"all nodes agree, not {string.Join("\n  ", views)}", cluster);
                Require(copies.All(job => job.HasEnded), "every job comes to an end", cluster);
            }

            Require(cluster.Survivors.Count is 0 || expire < 100, $"no killed job runs on: {string.Join(' ', cluster.Survivors)}", cluster);
            foreach (var (job, starts) in cluster.Starts)
            {
                // The spec has at most one retry; every other run has a new epoch. Two heads that are cut off from each other may restart
                // a job to the same one.
                var sources = Math.Max(1, cluster.RestartsTo(job));
                Require(
                    starts.Count <= 2 * sources && starts.Distinct().Count() <= sources,
                    $"no more starts of {job}: {string.Join(' ', starts)}", cluster);
            }
        },
        iter: 150,
        threads: 1);

    private static void Require(bool condition, string rule, Cluster cluster)
    {
        if (!condition)
            throw new InvalidOperationException($"{rule}\n{cluster.Log}");
    }
}
