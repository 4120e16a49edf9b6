namespace MeeseeksBox.PowerCut.Disk;

/// <summary>A change of names that a power cut leaves as a whole, or not at all.</summary>
/// <param name="Edits">For each name, what it has then; null for nothing.</param>
internal sealed record NameChange(IReadOnlyList<(RecordedFolder Folder, string Name, Inode? Inode)> Edits)
{
    /// <summary>Whether nothing of it is needed after a power cut.</summary>
    public bool IsScratch => Edits.All(edit => edit.Folder.IsScratch);

    /// <summary>What it is, for messages.</summary>
    public string Text => string.Join(", ", Edits.Select(edit => $"{(edit.Inode is null ? "-" : "+")}{edit.Name}"));

    /// <summary>Changes names.</summary>
    /// <param name="namesOf">The names of a folder.</param>
    public void On(Func<RecordedFolder, Dictionary<string, Inode>> namesOf)
    {
        foreach (var (folder, name, inode) in Edits)
        {
            if (inode is null)
                _ = namesOf(folder).Remove(name);
            else
                namesOf(folder)[name] = inode;
        }
    }
}
