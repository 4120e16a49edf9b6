using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.CommandLine.Top;

/// <summary>The shown jobs, filtered and sorted. Cached until the jobs or the choices change.</summary>
internal sealed class TopList(TopModel model)
{
    private (int Version, string Filter, TopOrder Order, bool ShowsEnded) _made = (-1, "", default, default);

    /// <summary>The shown jobs, in order.</summary>
    public IReadOnlyList<TopJob> Jobs { get; private set; } = [];

    /// <summary>Updates the list, and the selection of the choices.</summary>
    /// <returns>The choices, with a selected job if the list has any.</returns>
    public TopChoices Follow(TopChoices choices)
    {
        var wanted = (model.Version, choices.Filter, choices.Order, choices.ShowsEnded);
        if (wanted != _made)
        {
            var filter = new TopFilter(choices.Filter);
            var jobs = model.Jobs.Values.Where(job => (choices.ShowsEnded || !job.Shown.HasEnded) && filter.Fits(job)).ToList();
            jobs.Sort(choices.Order switch
            {
                TopOrder.State => ByState,
                TopOrder.Newest => (one, other) => Or(other.Shown.SubmitTs.CompareTo(one.Shown.SubmitTs), one, other),
                TopOrder.Node => ByNode,
                _ => throw new InvalidOperationException($"There is no order {choices.Order}."),
            });
            (Jobs, _made) = (jobs, wanted);
        }

        return Select(choices, IndexOf(choices) ?? choices.Index);
    }

    /// <summary>Selects a job.</summary>
    /// <param name="choices">The current choices.</param>
    /// <param name="index">The index in the list; beyond the ends, the first or last job is selected.</param>
    public TopChoices Select(TopChoices choices, int index)
    {
        index = Math.Clamp(index, 0, Math.Max(0, Jobs.Count - 1));
        var id = Jobs.Count > 0 ? Jobs[index].Id : null;
        return id == choices.Selected && index == choices.Index ? choices : choices with { Selected = id, Index = index };
    }

    private int? IndexOf(TopChoices choices)
    {
        if (choices.Selected is null || !model.Jobs.ContainsKey(choices.Selected))
            return null;

        // Usually the index has not changed.
        if (choices.Index < Jobs.Count && Jobs[choices.Index].Id == choices.Selected)
            return choices.Index;

        for (var index = 0; index < Jobs.Count; index++)
        {
            if (Jobs[index].Id == choices.Selected)
                return index;
        }

        return null;
    }

    private static int ByState(TopJob one, TopJob other)
    {
        var order = Rank(one).CompareTo(Rank(other));
        order = order is not 0 ? order
            : one.IsRunning ? Nullable.Compare(one.StartTs, other.StartTs)
            : one.Shown.State is JobState.New ? one.Shown.SubmitTs.CompareTo(other.Shown.SubmitTs)
            : other.Ts.CompareTo(one.Ts);
        return Or(order, one, other);
    }

    // Break ties by id, so that equal jobs do not swap places.
    private static int Or(int order, TopJob one, TopJob other) => order is not 0 ? order : string.CompareOrdinal(one.Id, other.Id);

    private static int ByNode(TopJob one, TopJob other)
    {
        var order = string.CompareOrdinal(one.Shown.Node, other.Shown.Node);
        order = order is not 0 ? order : string.CompareOrdinal(one.Shown.Pool, other.Shown.Pool);
        return order is not 0 ? order : ByState(one, other);
    }

    private static int Rank(TopJob job) => job.IsRunning ? 0 : job.Shown.State is JobState.New ? 1 : 2;
}
