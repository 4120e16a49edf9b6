namespace MeeseeksBox.Foundation.Unix;

/// <summary>What distinguishes a file or a folder from all others, also from a later one with the same path.</summary>
/// <param name="Device">The number of its file system.</param>
/// <param name="Number">Its number there. That of a removed file is used again.</param>
/// <param name="BirthTime">When it was made, in units of 100 ns since 1970; 0 when the file system does not know.</param>
public readonly record struct FileId(ulong Device, ulong Number, long BirthTime);
