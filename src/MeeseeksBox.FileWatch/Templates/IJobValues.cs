using MeeseeksBox.Foundation;

namespace MeeseeksBox.FileWatch.Templates;

/// <summary>The values of the formats of a job.</summary>
public interface IJobValues
{
    /// <summary>The value of a key.</summary>
    Result<string> Find(string key);
}
