using System.Globalization;

namespace MeeseeksBox.Bench;

/// <summary>Measures several sides in turn, in rounds.</summary>
/// <remarks>
/// Other load on the machine then affects all sides alike. The median of the ratios within each round is stable where the figures are
/// not.
/// </remarks>
internal static class Rounds
{
    /// <summary>Measures, and prints the median of each side and the median ratios to the first side.</summary>
    /// <param name="title">The title.</param>
    /// <param name="unit">The unit of the rates.</param>
    /// <param name="rounds">The number of rounds.</param>
    /// <param name="sides">The name and measurement of each side.</param>
    public static async Task CompareAsync(string title, string unit, int rounds, params (string Name, Func<Task<Rate>> Measure)[] sides)
    {
        var figures = sides.Select(_ => new List<Rate>()).ToArray();
        for (var round = 0; round < rounds; round++)
        {
            for (var side = 0; side < sides.Length; side++)
                figures[side].Add(await sides[side].Measure());
        }

        Print(title);
        for (var side = 0; side < sides.Length; side++)
        {
            var ratios = figures[0].Zip(figures[side], (ours, theirs) => ours.PerSecond / theirs.PerSecond);
            var ratio = side is 0 ? "" : $"   ratio {Show(Median(ratios))}";
            var rate = Median(figures[side].Select(figure => figure.PerSecond));
            var processor = Median(figures[side].Select(figure => figure.ProcessorMicroseconds));
            Print($"  {sides[side].Name,-46} {Show(rate),9} {unit}   {Show(processor),7} µs of processor each{ratio}");
        }
    }

    public static double Median(IEnumerable<double> figures) => At(figures, 0.5);

    /// <summary>A percentile of the figures.</summary>
    public static double At(IEnumerable<double> figures, double part)
    {
        var sorted = figures.Order().ToArray();
        return sorted[(int)(part * (sorted.Length - 1))];
    }

    /// <summary>A figure with its significant digits.</summary>
    public static string Show(double figure) =>
        figure.ToString(Math.Abs(figure) switch { >= 100 => "N0", >= 10 => "N1", >= 0.1 => "N2", _ => "N4" }, CultureInfo.InvariantCulture);

    public static void Print(string line) => Console.WriteLine(line);
}
