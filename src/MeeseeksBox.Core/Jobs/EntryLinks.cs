namespace MeeseeksBox.Core.Jobs;

/// <summary>The two neighbours of an entry in an <see cref="EntryList"/>.</summary>
internal struct EntryLinks
{
    public JobEntry? Previous;
    public JobEntry? Next;
}
