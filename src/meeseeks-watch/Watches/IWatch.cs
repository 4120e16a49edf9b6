using MeeseeksBox.FileWatch.Settings;

namespace MeeseeksBox.WatchAgent.Watches;

/// <summary>A watch at work.</summary>
internal interface IWatch : IAsyncDisposable
{
    /// <summary>How it is configured.</summary>
    WatchSettings Settings { get; }

    /// <summary>Works until it is stopped; with <c>once</c>, until nothing more is due.</summary>
    Task RunAsync(CancellationToken stop);

    /// <summary>Takes other settings, of the same name and folder. Jobs that run go on.</summary>
    /// <returns>False when it cannot: it is to be stopped, and another one started.</returns>
    bool TryReconfigure(WatchSettings settings);

    /// <summary>Kills the jobs that run for it and waits for their ends; to be called after <see cref="RunAsync"/> has ended.</summary>
    Task KillJobsAsync(CancellationToken giveUp);

    /// <summary>Waits until the box knows of all that is recorded.</summary>
    Task WhenDrainedAsync(CancellationToken giveUp);

    /// <summary>How many jobs have failed, or could not be submitted.</summary>
    int Failures { get; }
}
