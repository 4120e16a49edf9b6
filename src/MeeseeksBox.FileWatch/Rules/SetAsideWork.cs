using MeeseeksBox.FileWatch.Names;

namespace MeeseeksBox.FileWatch.Rules;

/// <summary>Work of a watch that may be due, and is not submitted: it could not be, or has failed with <c>once</c>.</summary>
/// <param name="isOnce">Whether the watch ends when nothing more is due.</param>
public sealed class SetAsideWork(bool isOnce)
{
    // Until the folder is read again; with once, ever.
    private readonly HashSet<WorkKey> _refused = [];

    // With once: it is not run again, but may be moved, or have a next step.
    private readonly HashSet<WorkKey> _failed = [];

    /// <summary>How much work could not be submitted.</summary>
    public int RefusedCount => _refused.Count;

    /// <summary>Adds work that cannot be submitted.</summary>
    public void Add(WorkKey key) => _ = _refused.Add(key);

    /// <summary>Adds work whose job has failed, which counts with <c>once</c> only.</summary>
    public void AddFailure(WorkKey key) => _ = isOnce && _failed.Add(key);

    /// <summary>Lets work be submitted that could not be before the folder was read again.</summary>
    public void Retry()
    {
        if (!isOnce)
            _refused.Clear();
    }

    /// <summary>Lets work be submitted at once, because a person wants it.</summary>
    public void Release(WorkKey key)
    {
        _ = _refused.Remove(key);
        _ = _failed.Remove(key);
    }

    /// <summary>Whether work could not be submitted.</summary>
    public bool IsRefused(WorkKey key) => _refused.Contains(key);

    /// <summary>Whether work has failed with <c>once</c>.</summary>
    public bool HasFailed(WorkKey key) => _failed.Contains(key);

    /// <summary>Other work, with that which could not be submitted.</summary>
    public IReadOnlySet<WorkKey> With(IReadOnlySet<WorkKey> other) =>
        _refused.Count == 0 ? other : new HashSet<WorkKey>([.. other, .. _refused]);
}
