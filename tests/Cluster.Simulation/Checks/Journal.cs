using System.Globalization;

namespace MeeseeksBox.Simulation.Checks;

/// <summary>The log of a simulation, kept only on request.</summary>
internal sealed class Journal(bool isKept)
{
    private readonly List<string> _lines = [];

    public bool IsKept => isKept;

    public IReadOnlyList<string> Lines => _lines;

    public void Add(double time, string text)
    {
        if (isKept)
            _lines.Add(string.Create(CultureInfo.InvariantCulture, $"{time,10:0.0000} {text}"));
    }
}
