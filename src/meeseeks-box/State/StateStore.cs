using MeeseeksBox.Agent.Configuration;
using MeeseeksBox.Foundation.Files;
using Serilog;

namespace MeeseeksBox.Agent.State;

/// <summary>The stored state of a box with <c>state.file</c>: state file, journal and checkpoints.</summary>
internal sealed class StateStore : IDisposable
{
    /// <summary>Makes the parts around a state file, which it owns.</summary>
    /// <param name="file">The state file, which is locked.</param>
    /// <param name="config">The settings.</param>
    /// <param name="host">Its core has the jobs.</param>
    /// <param name="history">Has the ends of runs before a part of the journal is deleted.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Receives damage and failures.</param>
    /// <param name="flush">The flush of the disk; null for <see cref="DiskFlush.Real"/>.</param>
    public StateStore(
        StateFile file, StateConfig config, CoreHost host, History history, TimeProvider time, ILogger log, DiskFlush? flush = null)
    {
        File = file;
        JournalFiles = new JournalFiles(file.Path, flush);
        Journal = config.Durable ? new Journal(JournalFiles, log) : null;
        Tombstones = new TombstoneFile(file.Path, time, log, flush);
        Checkpointer = new Checkpointer(file, Tombstones, JournalFiles, host, history, time, log);
    }

    /// <summary>The state file.</summary>
    public StateFile File { get; }

    /// <summary>The files of the journal, which a box without a journal replays and deletes, too.</summary>
    public JournalFiles JournalFiles { get; }

    /// <summary>The journal; null without <c>state.durable</c>.</summary>
    public Journal? Journal { get; }

    /// <summary>The file of the removed jobs.</summary>
    public TombstoneFile Tombstones { get; }

    /// <summary>Writes the checkpoints.</summary>
    public Checkpointer Checkpointer { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Checkpointer.Dispose();
        Journal?.Dispose();
        JournalFiles.Dispose();
        File.Dispose();
    }
}
