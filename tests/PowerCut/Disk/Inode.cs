namespace MeeseeksBox.PowerCut.Disk;

/// <summary>A file or a folder, by whatever name.</summary>
internal abstract class Inode;
