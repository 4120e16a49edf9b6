namespace MeeseeksBox.Runner.Ending;

/// <summary>All running processes of this host at one time, except this one.</summary>
internal sealed class ProcessSnapshot(IReadOnlyList<ProcessEntry> entries)
{
    /// <summary>The process with this pid, or null.</summary>
    public ProcessEntry? Find(int pid) => entries.FirstOrDefault(entry => entry.Pid == pid);

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
