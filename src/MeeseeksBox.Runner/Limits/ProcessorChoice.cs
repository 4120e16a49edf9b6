namespace MeeseeksBox.Runner.Limits;

/// <summary>Chooses processors for runs, so that runs share as few as possible. May be used by any thread.</summary>
/// <param name="available">The numbers of all processors that runs may use at present.</param>
internal sealed class ProcessorChoice(Func<IReadOnlyList<int>> available)
{
    private const int Whole = 1000;

    private readonly Lock _lock = new();
    private readonly Dictionary<int, int> _runs = [];

    /// <summary>Takes the processors with the fewest runs; which ones of several is random, because other runners choose, too.</summary>
    /// <param name="thousandths">Thousandths of a processor; a part of one counts as one.</param>
    /// <returns>The processors; empty when the run may use all.</returns>
    public IReadOnlyList<int> Take(int thousandths)
    {
        var count = (thousandths + Whole - 1) / Whole;
        var present = available();
        if (count >= present.Count)
            return [];

        lock (_lock)
        {
            int[] chosen =
            [
                .. present.OrderBy(processor => _runs.GetValueOrDefault(processor)).ThenBy(_ => Random.Shared.Next()).Take(count).Order(),
            ];
            foreach (var processor in chosen)
                _runs[processor] = _runs.GetValueOrDefault(processor) + 1;
            return chosen;
        }
    }

    /// <summary>Gives processors back at the end of a run.</summary>
    public void Return(IReadOnlyList<int> chosen)
    {
        lock (_lock)
        {
            foreach (var processor in chosen)
                _runs[processor]--;
        }
    }
}
