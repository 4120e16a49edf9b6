namespace MeeseeksBox.WatchSimulation.Model;

/// <summary>A folder, wherever it is.</summary>
/// <param name="number">Its number in the history.</param>
internal sealed class FolderState(int number)
{
    private readonly Dictionary<string, NameState> _names = new(StringComparer.Ordinal);

    public int Number => number;

    /// <summary>The step in which another folder last took its place.</summary>
    public int Left { get; set; }

    public IEnumerable<NameState> Names => _names.Values;

    public NameState this[string name]
    {
        get
        {
            if (!_names.TryGetValue(name, out var state))
                _names[name] = state = new NameState(this, name);
            return state;
        }
    }
}
