namespace MeeseeksBox.Runner.Ending;

/// <summary>All running processes of this host at one time, except this one.</summary>
internal sealed class ProcessSnapshot(IReadOnlyList<ProcessEntry> entries)
{
    /// <summary>The process with this pid, or null.</summary>
    public ProcessEntry? Find(int pid) => entries.FirstOrDefault(entry => entry.Pid == pid);

    /// <summary>The children of a process.</summary>
    public IEnumerable<ProcessEntry> ChildrenOf(int pid) => entries.Where(entry => entry.Parent == pid);

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

        var children = entries.ToLookup(entry => entry.Parent);
        var seen = members.ToHashSet();
        for (var i = 0; i < members.Count; i++)
            members.AddRange(children[members[i].Pid].Where(seen.Add));

        return members;
    }
}
