namespace MeeseeksBox.Agent.Pools.Processes;

/// <summary>All processes of this host that were alive at one time, except this one.</summary>
internal sealed class ProcessSnapshot(IReadOnlyList<ProcessEntry> entries)
{
    /// <summary>The process with this number, or null.</summary>
    public ProcessEntry? Find(int pid) => entries.FirstOrDefault(entry => entry.Pid == pid);

    /// <summary>Those for which a condition holds, and all that descend from them.</summary>
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
