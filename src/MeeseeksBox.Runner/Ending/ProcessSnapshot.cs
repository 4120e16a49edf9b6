namespace MeeseeksBox.Runner.Ending;

/// <summary>All running processes of this host at one time, except this one.</summary>
internal sealed class ProcessSnapshot(IReadOnlyList<ProcessEntry> entries)
{
    // Built once: concurrent kills share a snapshot.
    private readonly Lazy<Dictionary<int, ProcessEntry>> _byPid = new(() => Index(entries));
    private readonly Lazy<ILookup<int, ProcessEntry>> _byParent = new(() => entries.ToLookup(entry => entry.Parent));

    /// <summary>The process with this pid, or null.</summary>
    public ProcessEntry? Find(int pid) => _byPid.Value.GetValueOrDefault(pid);

    /// <summary>True when it has the process of an entry of another snapshot, and not one that got its pid later.</summary>
    public bool Has(ProcessEntry entry) => Find(entry.Pid)?.StartTicks == entry.StartTicks;

    /// <summary>The children of a process.</summary>
    public IEnumerable<ProcessEntry> ChildrenOf(int pid) => _byParent.Value[pid];

    /// <summary>True when a process descends from another one, which itself need not be in the snapshot.</summary>
    public bool IsDescendant(ProcessEntry entry, int ancestor)
    {
        // A snapshot is not taken at one instant, so that it may have a circle.
        for (var generation = 0; generation < entries.Count; generation++)
        {
            if (entry.Parent == ancestor)
                return true;
            if (Find(entry.Parent) is not { } parent)
                return false;
            entry = parent;
        }

        return false;
    }

    /// <summary>Processes that match a condition, with all their descendants.</summary>
    public IReadOnlyList<ProcessEntry> Trees(Func<ProcessEntry, bool> isFirst)
    {
        var members = entries.Where(isFirst).ToList();
        if (members.Count == 0)
            return members;

        var seen = members.ToHashSet();
        for (var i = 0; i < members.Count; i++)
            members.AddRange(_byParent.Value[members[i].Pid].Where(seen.Add));

        return members;
    }

    // A snapshot is not taken at one instant, so that a pid may be in it twice.
    private static Dictionary<int, ProcessEntry> Index(IReadOnlyList<ProcessEntry> entries)
    {
        var index = new Dictionary<int, ProcessEntry>(entries.Count);
        foreach (var entry in entries)
            _ = index.TryAdd(entry.Pid, entry);

        return index;
    }
}
