using MeeseeksBox.Agent.Configuration;
using Serilog;

namespace MeeseeksBox.Agent.State;

/// <summary>The stored state of a box with <c>state.file</c>: state file, journal and checkpoints.</summary>
internal sealed class StateStore : IDisposable
{
    private StateStore(StateFile file, StateConfig config, CoreHost host, History history, TimeProvider time, ILogger log)
    {
        File = file;
        JournalFiles = new JournalFiles(file.Path);
        Journal = config.Durable ? new Journal(JournalFiles, log) : null;
        Checkpointer = new Checkpointer(file, JournalFiles, host, history, time, log);
    }

    /// <summary>The state file.</summary>
    public StateFile File { get; }

    /// <summary>The files of the journal, which a box without a journal replays and deletes, too.</summary>
    public JournalFiles JournalFiles { get; }

    /// <summary>The journal; null without <c>state.durable</c>.</summary>
    public Journal? Journal { get; }

    /// <summary>Writes the checkpoints.</summary>
    public Checkpointer Checkpointer { get; }

    /// <summary>Locks the state file.</summary>
    /// <returns>Null without <c>state.file</c>.</returns>
    /// <exception cref="IOException">The file cannot be opened or locked; the message says why.</exception>
    public static StateStore? Open(StateConfig config, CoreHost host, History history, TimeProvider time, ILogger log) =>
        config.File is { } file ? new StateStore(StateFile.Open(file, time, log), config, host, history, time, log) : null;

    /// <inheritdoc/>
    public void Dispose()
    {
        Checkpointer.Dispose();
        Journal?.Dispose();
        JournalFiles.Dispose();
        File.Dispose();
    }
}
