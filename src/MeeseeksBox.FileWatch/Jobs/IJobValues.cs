namespace MeeseeksBox.FileWatch.Jobs;

/// <summary>What the <c>%(key)s</c> of a job stand for.</summary>
public interface IJobValues
{
    /// <summary>The value of a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="problem">Why there is none.</param>
    string? Find(string key, out string? problem);
}
