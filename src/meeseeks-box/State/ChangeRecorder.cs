using MeeseeksBox.Core;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Agent.State;

/// <summary>Writes the changes of the core to the journal, if there is one.</summary>
/// <remarks><see cref="Attach"/> and <see cref="Record"/> are called inside the lock of the core.</remarks>
internal sealed class ChangeRecorder
{
    private Journal? _journal;
    private long _journaledSeq;

    /// <summary>A run of a job ended, or a job ended without a run.</summary>
    public event Action<Job>? JobEnded;

    /// <summary>The error of the journal while it cannot be written; null without an error or a journal.</summary>
    public string? Problem => _journal?.Problem;

    /// <summary>The number of the latest line of the journal; 0 without a journal.</summary>
    public long Appended => _journal?.Appended ?? 0;

    /// <summary>Completes when the journal is on disk up to a line.</summary>
    public Task DurableAsync(long number) => _journal?.DurableAsync(number) ?? Task.CompletedTask;

    /// <summary>Starts a new file of the journal after the latest change.</summary>
    public Task RotateAsync() => _journal?.RotateAsync() ?? Task.CompletedTask;

    /// <summary>Sends all later changes to a journal.</summary>
    public void Attach(Journal journal, long seq)
    {
        (_journal, _journaledSeq) = (journal, seq);
        journal.Ended += OnEnded;
    }

    /// <summary>Records the changes since the last call.</summary>
    public void Record(NodeCore core)
    {
        var effects = core.Effects;
        if (_journal is null)
        {
            foreach (var job in effects.EndedJobs)
                OnEnded(job);

            return;
        }

        foreach (var job in effects.HaveJobsChanged ? core.ChangesSince(_journaledSeq, unassigned: true) : [])
            _journal.Append(new JournalLine { Changed = job });

        foreach (var id in effects.RemovedJobs)
            _journal.Append(new JournalLine { Gone = id });

        foreach (var job in effects.EndedJobs)
            _journal.Append(new JournalLine { Ended = job });

        _journaledSeq = core.Seq;
    }

    private void OnEnded(Job job) => JobEnded?.Invoke(job);
}
