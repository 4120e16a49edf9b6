using System.Globalization;

namespace MeeseeksBox.Bench;

/// <summary>
/// Measures sides that are compared in turn, several times: other work on the machine then hits all of them alike, and the median of the ratios
/// within each round holds still where the figures themselves do not.
/// </summary>
internal static class Rounds
{
    /// <summary>Measures and prints: the medians of each side, and the median ratio of the first side's rate to that of each of the others.</summary>
    /// <param name="title">What is measured.</param>
    /// <param name="unit">What there is so much of a second.</param>
    /// <param name="rounds">How often.</param>
    /// <param name="sides">A name and a measurement each.</param>
    public static async Task CompareAsync(string title, string unit, int rounds, params (string Name, Func<Task<Rate>> Measure)[] sides)
    {
        var figures = sides.Select(_ => new List<Rate>()).ToArray();
        for (var round = 0; round < rounds; round++)
        {
            for (var side = 0; side < sides.Length; side++)
            {
                figures[side].Add(await sides[side].Measure());
            }
        }

        Print(title);
        for (var side = 0; side < sides.Length; side++)
        {
            var ratio = side is 0 ? "" : $"   ratio {Show(Median(figures[0].Zip(figures[side], (ours, theirs) => ours.PerSecond / theirs.PerSecond)))}";
            var rate = Median(figures[side].Select(figure => figure.PerSecond));
            var processor = Median(figures[side].Select(figure => figure.ProcessorMicroseconds));
            Print($"  {sides[side].Name,-40} {Show(rate),9} {unit}   {Show(processor),7} µs of processor each{ratio}");
        }
    }

    public static double Median(IEnumerable<double> figures) => At(figures, 0.5);

    /// <summary>The figure below which a part of all figures lies.</summary>
    public static double At(IEnumerable<double> figures, double part)
    {
        var sorted = figures.Order().ToArray();
        return sorted[(int)(part * (sorted.Length - 1))];
    }

    /// <summary>A figure with as many digits as are worth reading.</summary>
    public static string Show(double figure) =>
        figure.ToString(Math.Abs(figure) switch { >= 100 => "N0", >= 10 => "N1", >= 0.1 => "N2", _ => "N4" }, CultureInfo.InvariantCulture);

    public static void Print(string line) => Console.WriteLine(line);
}
