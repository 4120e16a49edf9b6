using System.Collections.Concurrent;

namespace MeeseeksBox.Agent.Tails;

/// <summary>The outputs of the runs on this node, by the id of their job.</summary>
internal sealed class LiveOutputs
{
    private readonly ConcurrentDictionary<string, RegisteredOutput> _entries = new(StringComparer.Ordinal);

    /// <summary>Adds the output of a run, in place of that of an earlier run of the job.</summary>
    /// <remarks>
    /// Added before the core records the start of the run, and removed after it has recorded the end. So the output of a running job is
    /// found here, and that of any other job in its record.
    /// </remarks>
    /// <param name="id">The id of the job.</param>
    /// <param name="output">The output.</param>
    /// <returns>Removes the output.</returns>
    public IDisposable Add(string id, ILiveOutput output)
    {
        var entry = new RegisteredOutput(this, id, output);
        _entries[id] = entry;
        return entry;
    }

    /// <summary>The output of the present run of a job; null when there is none.</summary>
    public RegisteredOutput? Find(string id) => _entries.GetValueOrDefault(id);

    /// <summary>The output of one run.</summary>
    internal sealed class RegisteredOutput(LiveOutputs outputs, string id, ILiveOutput output) : IDisposable
    {
        private readonly TaskCompletionSource _removed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>The output.</summary>
        public ILiveOutput Output => output;

        /// <summary>Completes when the output is removed.</summary>
        public Task Removed => _removed.Task;

        /// <inheritdoc/>
        public void Dispose()
        {
            _ = outputs._entries.TryRemove(KeyValuePair.Create(id, this));
            _ = _removed.TrySetResult();
        }
    }
}
