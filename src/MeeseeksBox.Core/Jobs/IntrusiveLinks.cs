namespace MeeseeksBox.Core.Jobs;

/// <summary>The two neighbours of an entry in an <see cref="IntrusiveList"/>.</summary>
internal struct IntrusiveLinks
{
    public JobEntry? Previous;
    public JobEntry? Next;
}
