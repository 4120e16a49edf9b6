using MeeseeksBox.FileWatch.Rules;
using MeeseeksBox.FileWatch.Settings;
using MeeseeksBox.Foundation.Unix;

namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>The filesets of a folder: their files, and what earlier plans know about them. Empty for a watch without sets.</summary>
/// <param name="settings">The watch.</param>
internal sealed class FolderSets(WatchSettings settings)
{
    private SetIndex<string> _index = new(settings.SetKeyOf);
    private bool _isRead;

    /// <summary>What earlier plans know.</summary>
    /// <remarks>After a start, the time of the last change of a file counts, because nobody can set it.</remarks>
    public SetHistory History { get; } = new(name => FileKind.FactsOf(Path.Join(settings.Path, name))?.ChangeTime);

    /// <summary>The files that a change concerns, with the other files of their sets.</summary>
    public IEnumerable<string> ConcernsOf(string name) =>
        settings.HasSets
            ? settings.ConcernsOf(name).Select(settings.SetKeyOf).OfType<string>().SelectMany(key => _index[key])
            : settings.ConcernsOf(name);

    /// <summary>Replaces all files.</summary>
    /// <param name="names">The files of the folder.</param>
    /// <param name="gone">The files that are not there any more.</param>
    /// <param name="isKnown">Whether a file was there before.</param>
    public void Replace(IEnumerable<string> names, IEnumerable<string> gone, Func<string, bool> isKnown)
    {
        if (!settings.HasSets)
            return;
        foreach (var name in gone)
            History.Remove(name);
        _index = new SetIndex<string>(settings.SetKeyOf);
        foreach (var name in names.Where(IsMember))
        {
            _index.Add(name);
            if (_isRead && !isKnown(name))
                History.AddArrival(name);
        }

        _isRead = true;
    }

    /// <summary>Adds a file that has come.</summary>
    public void Add(string name)
    {
        if (!settings.HasSets || !IsMember(name))
            return;
        _index.Add(name);
        History.AddArrival(name);
    }

    /// <summary>Removes a file that is gone.</summary>
    public void Remove(string name)
    {
        if (!settings.HasSets)
            return;
        _index.Remove(name);
        History.Remove(name);
    }

    private bool IsMember(string name) => FileFilter.ListOf(settings, name) >= 0;
}
