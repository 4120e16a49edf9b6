using System.Globalization;
using MeeseeksBox.FileWatch.Names;

namespace MeeseeksBox.FileWatch.Rules;

/// <summary>Limits the jobs of a jobspec that are submitted at once (docs/WATCH.md#large-folders).</summary>
/// <remarks>
/// It counts from the first file on. A file that comes before the counted ones does not wait for them, until twice as many are submitted.
/// Each jobspec has a limit of its own, because it may have a pool of its own.
/// </remarks>
/// <param name="most">The limit.</param>
/// <param name="isIdle">Whether work that is not submitted counts as if it were, or is due, and will not be submitted now.</param>
/// <param name="submittedOf">The number of submitted jobs of a jobspec: of a step and a list.</param>
public sealed class JobLimit(int most, Predicate<WorkKey> isIdle, Func<int, int, int> submittedOf)
{
    private readonly Dictionary<(int Index, int List), (int All, int Due)> _counts = [];

    /// <summary>No limit.</summary>
    public static JobLimit None => new(int.MaxValue, _ => true, (_, _) => 0);

    /// <summary>Why work waits, as a clause for people.</summary>
    internal string Reason { get; } =
        string.Create(CultureInfo.InvariantCulture, $"{most} jobs of its jobspec are submitted, which is the most");

    /// <summary>Begins a plan.</summary>
    internal void Begin() => _counts.Clear();

    /// <summary>Whether no more jobs may be due.</summary>
    internal bool IsReached(int index, int list)
    {
        var (all, due) = _counts.GetValueOrDefault((index, list));
        return all >= most || (long)submittedOf(index, list) + due >= 2L * most;
    }

    /// <summary>Counts work that is due or submitted.</summary>
    internal void Add(WorkKey key, int list, bool isDue)
    {
        if (isIdle(key))
            return;
        var (all, due) = _counts.GetValueOrDefault((key.Index, list));
        _counts[(key.Index, list)] = (all + 1, due + (isDue ? 1 : 0));
    }
}
