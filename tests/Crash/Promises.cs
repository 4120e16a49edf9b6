namespace MeeseeksBox.Crash;

/// <summary>What a client was told to have been done. A change that was sent and not answered may have been done or not.</summary>
internal sealed class Promises
{
    private readonly List<string> _ids = [];
    private readonly HashSet<string> _killed = [];
    private readonly Dictionary<string, List<string>> _tags = [];

    /// <summary>The jobs that were taken.</summary>
    public IReadOnlyList<string> Taken => _ids;

    /// <summary>The jobs that were killed.</summary>
    public IReadOnlySet<string> Killed => _killed;

    /// <summary>What was refused though it should not have been.</summary>
    public List<string> Refusals { get; } = [];

    /// <summary>How many changes were answered.</summary>
    public int Changes { get; private set; }

    /// <summary>Something was refused.</summary>
    public void Refuse(string what) => Refusals.Add(what);

    /// <summary>A job was taken.</summary>
    public void Take(string id) => _ids.Add(id);

    /// <summary>A job was answered as killed.</summary>
    public void Kill(string id) => _killed.Add(id);

    /// <summary>A change of a job's tag goes off.</summary>
    public void SendTag(string id, string tag) => (_tags.TryGetValue(id, out var tags) ? tags : _tags[id] = []).Add(tag);

    /// <summary>A change of a job's tag was answered: none before it can be the last any more.</summary>
    public void TakeTag(string id, string tag)
    {
        Changes++;
        _tags[id].RemoveRange(0, _tags[id].IndexOf(tag));
        _tags[id][0] = "*" + tag;
    }

    /// <summary>Whether a job's tag is one that it may have.</summary>
    public bool Allows(string id, string? tag) =>
        !_tags.TryGetValue(id, out var tags) || (tag is null ? !tags[0].StartsWith('*') : tags.Contains(tag) || tags[0] == "*" + tag);
}
