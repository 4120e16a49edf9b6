using MeeseeksBox.WatchSimulation.Model;

namespace MeeseeksBox.WatchSimulation.Histories;

/// <summary>The steps of a history, and the settings of its watch.</summary>
/// <param name="Rules">The settings.</param>
/// <param name="Steps">The steps.</param>
internal sealed record Script(Rules Rules, IReadOnlyList<Step> Steps)
{
    private const int MostSteps = 30;

    // Common deeds have more weight.
    private static readonly Deed[] Deeds =
    [
        .. Enum.GetValues<Deed>(),
        Deed.Open, Deed.Open, Deed.Write, Deed.Close, Deed.Close, Deed.Close, Deed.Put, Deed.MoveIn, Deed.Link, Deed.Rename, Deed.Delete,
        Deed.Replace, Deed.Succeed, Deed.Succeed, Deed.Succeed, Deed.Succeed, Deed.Fail, Deed.Start, Deed.Start, Deed.Wait, Deed.Wait,
    ];

    /// <summary>The history of a seed.</summary>
    public static Script Of(int seed)
    {
        var random = new Random(seed);
        var rules = new Rules(random.Next(2) is 0, random.Next(3), random.Next(4) is 0 ? TimeSpan.FromSeconds(5) : null);
        var all = Enumerable.Range(0, random.Next(4, MostSteps)).Select(_ => new Step(
            Deeds[random.Next(Deeds.Length)],
            random.Next(1000),
            random.Next(1000),
            random.Next(10) switch { < 6 => Pace.Rest, < 8 => Pace.Some, _ => Pace.None })).ToList();
        return new Script(rules with { HasIds = random.Next(4) is 0 }, all);
    }

    /// <summary>The smallest history with a difference that can be made by leaving out steps.</summary>
    public static Script Shrink(Script script, Func<Script, bool> isBad)
    {
        for (var length = script.Steps.Count / 2; length > 0; length /= 2)
        {
            for (var at = 0; at + length <= script.Steps.Count;)
            {
                var shorter = script with { Steps = [.. script.Steps.Take(at), .. script.Steps.Skip(at + length)] };
                if (isBad(shorter))
                    script = shorter;
                else
                    at += length;
            }
        }

        return script;
    }
}
