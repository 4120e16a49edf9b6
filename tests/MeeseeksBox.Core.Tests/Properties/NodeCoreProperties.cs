using CsCheck;

namespace MeeseeksBox.Core.Tests.Properties;

/// <summary>What holds whatever is done to a ledger in whatever order.</summary>
public sealed class NodeCoreProperties
{
    private static readonly Gen<(int Start, (int Kind, int Seed)[] Steps)> Lives =
        Gen.Select(Gen.Int[0, 1000], Gen.Select(Gen.Int[0, 22], Gen.Int[0, 100_000]).Array[0, 60]);

    [Fact]
    public void Every_index_says_what_a_look_at_all_jobs_says_whatever_happens() => Lives.Sample(
        life =>
        {
            var core = new RandomNodeCore(life.Start);
            foreach (var (kind, seed) in life.Steps)
            {
                core.Step(kind, seed);
            }
        },
        iter: 200,
        threads: 1);
}
