namespace MeeseeksBox.Core.Jobs;

/// <summary>A linked list of entries, in the order in which they were added.</summary>
/// <remarks>
/// The links are fields of the entries: moving an entry to the end allocates nothing, and 100,000 jobs need no list nodes.
/// </remarks>
/// <param name="links">The links of an entry that this list uses.</param>
internal sealed class IntrusiveList(IntrusiveList.LinksOf links)
{
    internal delegate ref IntrusiveLinks LinksOf(JobEntry entry);

    public static readonly LinksOf ByChange = static entry => ref entry.Change;

    public static readonly LinksOf ByDue = static entry => ref entry.Due;

    public static readonly LinksOf ByQueue = static entry => ref entry.InQueue;

    /// <summary>The entry that was added first.</summary>
    public JobEntry? First { get; private set; }

    /// <summary>The entry that was added last.</summary>
    public JobEntry? Last { get; private set; }

    /// <summary>All entries. The list must not change meanwhile.</summary>
    public IEnumerable<JobEntry> All
    {
        get
        {
            for (var entry = First; entry is not null; entry = Next(entry))
                yield return entry;
        }
    }

    public JobEntry? Next(JobEntry entry) => links(entry).Next;

    public JobEntry? Previous(JobEntry entry) => links(entry).Previous;

    public void Add(JobEntry entry)
    {
        links(entry) = new IntrusiveLinks { Previous = Last };
        if (Last is null)
        {
            First = entry;
        }
        else
        {
            links(Last).Next = entry;
        }

        Last = entry;
    }

    public void Remove(JobEntry entry)
    {
        var (previous, next) = (links(entry).Previous, links(entry).Next);
        if (previous is null)
        {
            First = next;
        }
        else
        {
            links(previous).Next = next;
        }

        if (next is null)
        {
            Last = previous;
        }
        else
        {
            links(next).Previous = previous;
        }

        links(entry) = default;
    }
}
