using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Rules;
using MeeseeksBox.FileWatch.Settings;

namespace MeeseeksBox.FileWatch.Tests.Rules;

/// <summary>A folder with status files and jobs in flight, as an input of the rules.</summary>
internal sealed class Scene(WatchSettings settings)
{
    /// <summary>The time of the scene.</summary>
    public const long Now = 1_800_000_000 * TimeSpan.TicksPerSecond;

    private readonly List<WatchedFile> _files = [];
    private readonly HashSet<WorkKey> _inFlight = [];
    private readonly SetHistory _sets = new();

    public StatusTable Status { get; } = new(setKeyOf: settings.SetKeyOf);

    public Scene(string json)
        : this(Some.Watch(json))
    {
    }

    /// <summary>Files that are an hour old.</summary>
    public Scene With(params string[] names)
    {
        _files.AddRange(names.Select(name => new WatchedFile(name, Now - TimeSpan.TicksPerHour)));
        return this;
    }

    /// <summary>A file with a last change the given seconds ago.</summary>
    public Scene WithAged(string name, double seconds)
    {
        _files.Add(new WatchedFile(name, Now - TimeSpan.FromSeconds(seconds).Ticks));
        return this;
    }

    public Scene WithOpen(string name)
    {
        _files.Add(new WatchedFile(name, Now, FileReadiness.BeingWritten));
        return this;
    }

    /// <summary>A status file, written the given seconds ago.</summary>
    public Scene WithStatus(int index, string name, StatusState state, double seconds = 3600)
    {
        Status.Add(new WorkKey(index, name), state, Now - TimeSpan.FromSeconds(seconds).Ticks);
        return this;
    }

    public Scene WithInFlight(int index, string name)
    {
        _ = _inFlight.Add(new WorkKey(index, name));
        return this;
    }

    /// <summary>Files that have come since the last plan.</summary>
    public Scene WithArrived(params string[] names)
    {
        Array.ForEach(names, _sets.AddArrival);
        return this;
    }

    /// <summary>A set whose first file was seen the given seconds ago.</summary>
    public Scene WithSince(string set, double seconds)
    {
        var plan = new Plan();
        plan.WaitingSince[set] = Now - TimeSpan.FromSeconds(seconds).Ticks;
        _sets.Keep(plan);
        return this;
    }

    public Plan Plan(bool isExplained = false, bool withFinished = true) =>
        Planner.Of(settings, Snapshot(), _inFlight, Now, isExplained, withFinished);

    public FolderSnapshot Snapshot() => new(_files, Status) { Sets = _sets };

    /// <summary>The work that is due, as <c>index:file</c>.</summary>
    public string[] Due() => [.. Plan().Due.Select(work => $"{work.Index}:{work.FileName}")];

    /// <summary>The work that is due, as <c>pool:file</c>.</summary>
    public string[] DuePools() =>
    [
        .. from work in Plan().Due
           let spec = work.Template.Fill(new MeeseeksBox.FileWatch.Jobs.JobValues(settings, work)).Value!
           select $"{spec["pool"]}:{work.FileName}",
    ];

    public string[] Orphans() =>
    [
        .. StatusCleanup.Orphans(settings, Snapshot(), _inFlight)
            .Select(orphan => $"{orphan.Key.Index}:{orphan.Key.FileName}:{orphan.State}"),
    ];
}
