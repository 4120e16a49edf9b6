namespace MeeseeksBox.FileWatch.Jobs;

/// <summary>The values of the formats of a job.</summary>
public interface IJobValues
{
    /// <summary>The value of a key; null with a problem when there is none.</summary>
    string? Find(string key, out string? problem);
}
