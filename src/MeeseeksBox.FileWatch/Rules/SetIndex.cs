namespace MeeseeksBox.FileWatch.Rules;

/// <summary>Groups items by the key of their fileset.</summary>
/// <typeparam name="T">An item.</typeparam>
/// <param name="keyOf">The key of the set of an item; null when it is in no set.</param>
public sealed class SetIndex<T>(Func<T, string?> keyOf)
{
    private readonly Dictionary<string, List<T>> _byKey = new(StringComparer.Ordinal);

    /// <summary>The items of a set, in no order.</summary>
    public IReadOnlyList<T> this[string key] => _byKey.TryGetValue(key, out var items) ? items : [];

    /// <summary>Adds an item that is not in the index.</summary>
    public void Add(T item)
    {
        if (keyOf(item) is not { } key)
            return;
        if (_byKey.TryGetValue(key, out var items))
            items.Add(item);
        else
            _byKey.Add(key, new List<T>(1) { item });
    }

    /// <summary>Removes an item, if it is in the index.</summary>
    public void Remove(T item)
    {
        if (keyOf(item) is not { } key || !_byKey.TryGetValue(key, out var items) || !items.Remove(item))
            return;
        if (items.Count == 0)
            _ = _byKey.Remove(key);
    }
}
