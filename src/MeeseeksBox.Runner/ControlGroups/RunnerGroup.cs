using System.Globalization;
using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.Runner.Accounts;
using MeeseeksBox.Runner.Loop;

namespace MeeseeksBox.Runner.ControlGroups;

/// <summary>The control groups of the runner and its runs (docs/RUNNER.md#control-groups).</summary>
/// <remarks>
/// They are below the group in which it was started, or beside it in a group that was delegated. The runner moves itself and its jobs,
/// and no process of others.
/// </remarks>
internal sealed class RunnerGroup
{
    private const string Prefix = "meeseeks-";
    private const string OwnLeaf = "runner";
    private const string RunPrefix = "run-";
    private const int MostAttempts = 3;
    private const int FolderMode = 0x1ed; // rwx for the owner, r-x for others

    // In a file of processes: the process that writes it.
    private const int Itself = 0;

    private readonly string _home;
    private readonly string _folder;
    private readonly SerialWorker _worker = new();
    private readonly List<RunGroup> _left = [];

    private RunnerGroup(string home, string folder) => (_home, _folder) = (home, folder);

    /// <summary>Makes a group for the runner and moves the runner into it.</summary>
    /// <param name="home">The folder of the present group of the runner; null without one.</param>
    /// <returns>Null when the system has no such groups, or does not let the runner use them.</returns>
    public static RunnerGroup? TryMake(string? home) => home is null ? null
        : (DelegatedGroup.ParentOf(home, DelegatedGroup.IsMarked) is { } parent ? TryMake(home, parent) : null) ?? TryMake(home, home);

    private static RunnerGroup? TryMake(string home, string parent)
    {
        if (LibC.Access(parent, AccessMode.Writable) is not 0)
            return null;

        RemoveAbandoned(parent);

        // Another runner may remove a group in which there is no process yet.
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            var name = Random.Shared.Next().ToString("x8", CultureInfo.InvariantCulture);
            var folder = Path.Combine(parent, Prefix + name);
            var leaf = Path.Combine(folder, OwnLeaf);
            if (MakeFolder(folder) && MakeFolder(leaf) && ControlFile.TryWrite(leaf, ControlFile.Processes, Itself))
            {
                // Where the group of the box is the parent, the system rejects it for the process of the box.
                GroupLimits.Enable(parent);
                GroupLimits.Enable(folder);
                return new RunnerGroup(home, folder);
            }

            Remove(folder);
        }

        return null;
    }

    /// <summary>Gives the groups to the user with whose rights the runner goes on, so that it can still use them.</summary>
    public void GiveTo(Credentials account)
    {
        if (account == Credentials.Own)
            return;

        foreach (var group in (string[])[_folder, Path.Combine(_folder, OwnLeaf)])
        {
            foreach (var file in (string[])["", .. ControlFile.Delegated])
                _ = LibC.SetOwner(Path.Combine(group, file), account.User, account.Group);
        }
    }

    /// <summary>Kills all processes in the groups of a runner, of which it may have lost sight.</summary>
    /// <param name="pid">The process of the runner.</param>
    public static void KillAll(int pid)
    {
        if (ControlGroupMount.FolderOf(pid) is { } leaf && Path.GetFileName(leaf) is OwnLeaf && Path.GetDirectoryName(leaf) is { } folder
            && Path.GetFileName(folder).StartsWith(Prefix, StringComparison.Ordinal))
        {
            _ = ControlFile.TryWrite(folder, ControlFile.Kill, 1);
        }
    }

    /// <summary>The group of a run, which is made at its first use.</summary>
    public RunGroup GroupOf(string run, EventLoop loop) => new(Path.Combine(_folder, RunPrefix + run), loop, _worker, RemoveOrKeep);

    /// <summary>Moves the runner back and removes its groups. Groups with processes stay.</summary>
    public void Delete()
    {
        _ = ControlFile.TryWrite(_home, ControlFile.Processes, Itself);
        Remove(_folder);
    }

    /// <summary>Removes the groups of runners that have ended without doing so.</summary>
    public static void RemoveAbandoned(string parent)
    {
        foreach (var folder in FoldersIn(parent, Prefix + "*"))
        {
            if (!ControlFile.IsPopulated(folder))
                Remove(folder);
        }
    }

    private static bool MakeFolder(string folder) => LibC.MakeFolder(folder, FolderMode) is 0;

    private static void Remove(string folder)
    {
        foreach (var inner in FoldersIn(folder, "*"))
            _ = LibC.RemoveFolder(inner);
        _ = LibC.RemoveFolder(folder);
    }

    private static string[] FoldersIn(string folder, string pattern)
    {
        try
        {
            return Directory.GetDirectories(folder, pattern);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    // A process that outlives its run keeps the group. On the thread of the worker.
    private void RemoveOrKeep(RunGroup group)
    {
        _left.Add(group);
        _ = _left.RemoveAll(left => left.TryRemove());
    }
}
