using System.Globalization;

namespace MeeseeksBox.Simulation.Checks;

/// <summary>What happened in a run, for a person who has to find out why. Kept only where somebody will read it.</summary>
internal sealed class Journal(bool isKept)
{
    private readonly List<string> _lines = [];

    public bool IsKept => isKept;

    public IReadOnlyList<string> Lines => _lines;

    public void Tell(double time, string text)
    {
        if (isKept)
        {
            _lines.Add(string.Create(CultureInfo.InvariantCulture, $"{time,10:0.0000} {text}"));
        }
    }
}
