using MeeseeksBox.FileWatch.Settings;

namespace MeeseeksBox.WatchAgent.Watches;

/// <summary>A running watch.</summary>
internal interface IWatch : IAsyncDisposable
{
    /// <summary>Its current settings.</summary>
    WatchSettings Settings { get; }

    /// <summary>Runs until cancellation; with <c>once</c>, until nothing more is due.</summary>
    Task RunAsync(CancellationToken stop);

    /// <summary>Applies settings of the same name. Running jobs continue.</summary>
    /// <returns>False when it must be replaced by another watch.</returns>
    bool TryReconfigure(WatchSettings settings);

    /// <summary>Kills its jobs and waits for their ends. To be called after <see cref="RunAsync"/> has ended.</summary>
    Task KillJobsAsync(CancellationToken giveUp);

    /// <summary>Waits until the box has acknowledged all recorded results.</summary>
    Task WhenDrainedAsync(CancellationToken giveUp);

    /// <summary>The number of its jobs without a recorded result.</summary>
    int JobCount { get; }

    /// <summary>What it does at present. Its loop answers.</summary>
    Task<WatchStatus> StatusAsync();

    /// <summary>Runs files again, whatever their results. Its loop answers.</summary>
    /// <param name="files">Names, patterns or paths.</param>
    /// <param name="index">The first step to run again, from 0.</param>
    Task<AgainResult> RunAgainAsync(IReadOnlyList<string> files, int index);

    /// <summary>The number of jobs that failed or could not be submitted.</summary>
    int Failures { get; }
}
