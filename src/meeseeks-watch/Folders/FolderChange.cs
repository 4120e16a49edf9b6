namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>What the system tells of a folder.</summary>
internal enum FolderChange
{
    /// <summary>Somebody is writing a file: it was made, or something was added to it.</summary>
    Writing,

    /// <summary>A file was closed, came, went, or was touched.</summary>
    Changed,

    /// <summary>Something was missed, or the folder itself went: all of it must be read again.</summary>
    Lost,
}
