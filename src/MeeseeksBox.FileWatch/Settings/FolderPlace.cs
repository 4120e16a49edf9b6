namespace MeeseeksBox.FileWatch.Settings;

/// <summary>A folder on the way to another one, as it really is.</summary>
/// <param name="Id">What distinguishes it from all others, whatever links and mounts lead to it.</param>
/// <param name="Name">Its name in the folder above.</param>
public readonly record struct FolderPlace(string Id, string Name);
