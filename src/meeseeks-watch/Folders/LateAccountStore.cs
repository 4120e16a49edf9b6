using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Rules;
using MeeseeksBox.FileWatch.Settings;
using Serilog;

namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>Keeps the account of late files of one watch, over restarts and other watchers of the folder.</summary>
/// <param name="settings">The watch.</param>
/// <param name="folder">The folder of the status files.</param>
/// <param name="log">The log of the watch.</param>
internal sealed class LateAccountStore(WatchSettings settings, Func<string> folder, ILogger log)
{
    private readonly LateAccountFile _file = new(new StatusName(settings.Name));
    private readonly IoFaultReporter _faults = new(settings.Path!, log);
    private LateAccount? _kept;

    /// <summary>Whether the account was read. Before that, it is not replaced.</summary>
    public bool IsRead { get; private set; }

    /// <summary>Reads what an earlier instance, or another watcher, has kept.</summary>
    /// <returns>Null when there is nothing.</returns>
    public LateAccount? Read()
    {
        IsRead = true;
        return _kept = _file.Read(folder());
    }

    /// <summary>Has the account read again before it is replaced.</summary>
    public void Restart() => IsRead = false;

    /// <summary>Writes the account, unless it is kept already.</summary>
    public void Keep(LateAccount account)
    {
        if (!IsRead || account == _kept)
            return;
        if (_faults.Try("keep the account of late files", "after a restart, on_late may run again", () => _file.Write(folder(), account)))
            _kept = account;
    }

    /// <summary>Whether another watcher of the folder has run the job of an alarm.</summary>
    public bool IsHandled(LateAlarm alarm) => _file.Read(folder())?.Handled >= alarm.DueAt;
}
