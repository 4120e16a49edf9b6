namespace MeeseeksBox.Crash;

/// <summary>The acknowledged requests of a client.</summary>
/// <remarks>A change without an answer may or may not have been made.</remarks>
internal sealed class Promises
{
    private readonly List<string> _ids = [];
    private readonly HashSet<string> _killed = [];
    private readonly Dictionary<string, List<string>> _tags = [];

    /// <summary>The jobs with an acknowledged submit.</summary>
    public IReadOnlyList<string> Taken => _ids;

    /// <summary>The jobs with an acknowledged kill.</summary>
    public IReadOnlySet<string> Killed => _killed;

    /// <summary>The unexpected rejections.</summary>
    public List<string> Refusals { get; } = [];

    /// <summary>The number of acknowledged changes.</summary>
    public int Changes { get; private set; }

    /// <summary>Records a rejection.</summary>
    public void Refuse(string what) => Refusals.Add(what);

    /// <summary>Records an acknowledged submit.</summary>
    public void Take(string id) => _ids.Add(id);

    /// <summary>Records an acknowledged kill.</summary>
    public void Kill(string id) => _killed.Add(id);

    /// <summary>Records that a change of a job's tag is sent.</summary>
    public void SendTag(string id, string tag) => (_tags.TryGetValue(id, out var tags) ? tags : _tags[id] = []).Add(tag);

    /// <summary>Records an acknowledged change of a job's tag, which excludes all earlier tags.</summary>
    public void TakeTag(string id, string tag)
    {
        Changes++;
        _tags[id].RemoveRange(0, _tags[id].IndexOf(tag));
        _tags[id][0] = "*" + tag;
    }

    /// <summary>Whether a job may have a tag.</summary>
    public bool Allows(string id, string? tag) =>
        !_tags.TryGetValue(id, out var tags) || (tag is null ? !tags[0].StartsWith('*') : tags.Contains(tag) || tags[0] == "*" + tag);
}
