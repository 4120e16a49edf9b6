using System.Runtime.InteropServices;
using MeeseeksBox.Agent.Outputs;
using MeeseeksBox.Core;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Agent.State;

/// <summary>Passes the changes of the core on to the journal, if there is one, and to the store of outputs.</summary>
/// <remarks><see cref="Attach"/> and <see cref="Record"/> are called inside the lock of the core.</remarks>
/// <param name="outputs">Deletes the outputs that no job has any more.</param>
internal sealed class ChangeRecorder(OutputStore outputs)
{
    private readonly List<JournalLine> _lines = [];
    private readonly Task<string?> _nothing = Task.FromResult<string?>(null);
    private Journal? _journal;
    private long _recordedSeq;

    /// <summary>A run of a job ended, or a job ended without a run.</summary>
    public event Action<Job>? JobEnded;

    /// <summary>The error of the journal while it cannot be written; null without an error or a journal.</summary>
    public string? Problem => _journal?.Problem;

    /// <summary>The number of the latest line of the journal; 0 without a journal.</summary>
    public long Appended => _journal?.Appended ?? 0;

    /// <summary>Completes when the journal has all changes up to a number; it need not be on disk.</summary>
    /// <param name="seq">The number of change.</param>
    /// <param name="orFailing">True to complete also when the journal cannot be written.</param>
    public Task WrittenAsync(long seq, bool orFailing) => _journal?.WrittenAsync(seq, orFailing) ?? Task.CompletedTask;

    /// <summary>Completes when the journal is on disk up to a line, or when that has failed.</summary>
    /// <returns>Null when it is on disk; otherwise the problem.</returns>
    public Task<string?> DurableAsync(long number) => _journal?.DurableAsync(number) ?? _nothing;

    /// <summary>Starts a new file of the journal after the latest change.</summary>
    public Task RotateAsync() => _journal?.RotateAsync() ?? Task.CompletedTask;

    /// <summary>Sends all later changes to a journal.</summary>
    public void Attach(Journal journal, long seq)
    {
        (_journal, _recordedSeq) = (journal, seq);
        journal.Mark(seq);
        journal.Ended += OnEnded;
    }

    /// <summary>Records the changes since the last call.</summary>
    public void Record(NodeCore core)
    {
        var effects = core.Effects;

        // The ends first: see JournalReader.
        foreach (var job in effects.EndedJobs)
        {
            if (_journal is null)
                OnEnded(job);
            else
                _lines.Add(new JournalLine { Ended = job });
        }

        if (effects.HaveJobsChanged && (_journal is not null || outputs.IsUsed))
            RecordChanges(core);
        if (_lines.Count > 0)
        {
            _journal?.Append(CollectionsMarshal.AsSpan(_lines));
            _lines.Clear();
        }

        if (_recordedSeq != core.Seq)
        {
            _recordedSeq = core.Seq;
            _journal?.Mark(core.Seq);
        }
    }

    private void RecordChanges(NodeCore core)
    {
        foreach (var job in core.ChangesSince(_recordedSeq, unassigned: true))
        {
            _lines.Add(new JournalLine { Changed = job });
            if (outputs.IsUsed)
                outputs.Changed(job);
        }

        foreach (var id in core.Effects.RemovedJobs)
            _lines.Add(new JournalLine { Gone = id });

        // A peer may still ask for the output of a job whose tombstone is kept.
        foreach (var id in core.Effects.DroppedTombstones)
            outputs.Removed(id);
    }

    private void OnEnded(Job job) => JobEnded?.Invoke(job);
}
