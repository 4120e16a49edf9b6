using System.Globalization;

namespace MeeseeksBox.PowerCut.Checks;

/// <summary>What the jobs do, by their ids: <c>c1.7.300</c> prints its id in 300 lines.</summary>
internal static class Work
{
    /// <summary>The script of a job.</summary>
    /// <param name="id">The id.</param>
    /// <param name="end">What follows the output.</param>
    public static string[] Script(string id, string end) =>
        ["/bin/sh", "-c", $"i=0; while [ $i -lt {LinesOf(id)} ]; do echo {id}; i=$((i+1)); done; {end}"];

    /// <summary>The output of a job.</summary>
    public static string OutputOf(string id) => string.Concat(Enumerable.Repeat(id + "\n", LinesOf(id)));

    private static int LinesOf(string id) => int.Parse(id.AsSpan(id.LastIndexOf('.') + 1), CultureInfo.InvariantCulture);
}
