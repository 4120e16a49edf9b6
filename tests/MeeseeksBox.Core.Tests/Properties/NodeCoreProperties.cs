using CsCheck;

namespace MeeseeksBox.Core.Tests.Properties;

/// <summary>Invariants of a core after any sequence of operations.</summary>
public sealed class NodeCoreProperties
{
    private static readonly Gen<(int Start, (int Kind, int Seed)[] Steps)> Sequences =
        Gen.Select(Gen.Int[0, 1000], Gen.Select(Gen.Int[0, 22], Gen.Int[0, 100_000]).Array[0, 60]);

    [Fact]
    public void Every_index_matches_a_full_scan_after_any_operations() => Sequences.Sample(
        sequence =>
        {
            var core = new RandomNodeCore(sequence.Start);
            foreach (var (kind, seed) in sequence.Steps)
                core.Step(kind, seed);
        },
        iter: 200,
        threads: 1);
}
