namespace MeeseeksBox.Agent.State;

/// <summary>The commands that wait for the thread of the journal.</summary>
/// <remarks>
/// While the journal cannot be written, a line replaces the one of the same job that waits already, and ends of runs are limited: so their
/// number is bounded by that of the jobs, however long it takes. A line never moves over a rotation, which the checkpoint of its time
/// covers.
/// </remarks>
internal sealed class PendingLines(int mostEndings)
{
    // The position of the line of each job since the last rotation; used while the journal cannot be written only.
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
    private List<JournalCommand> _commands = [];
    private List<JournalCommand> _spare = [];
    private int _endings;
    private bool _isFailing;

    /// <summary>Number of commands.</summary>
    public int Count => _commands.Count;

    /// <summary>Number of ends of runs that were dropped.</summary>
    public long Dropped { get; private set; }

    /// <summary>True while the journal cannot be written.</summary>
    public bool IsFailing
    {
        set
        {
            if (_isFailing == value)
                return;

            _isFailing = value;
            _places.Clear();
            for (var index = 0; value && index < _commands.Count; index++)
                Note(_commands[index], index);
        }
    }

    /// <summary>Adds a line.</summary>
    public void Add(JournalLine line)
    {
        if (_isFailing && line.Ended is not null && _endings >= mostEndings)
        {
            Dropped++;
            return;
        }

        var command = new JournalCommand(line, null);
        if (_isFailing && line.Id is { } id && _places.TryGetValue(id, out var place))
        {
            _commands[place] = command;
            return;
        }

        _endings += line.Ended is null ? 0 : 1;
        Add(command);
    }

    /// <summary>Adds a rotation.</summary>
    public void AddRotation(TaskCompletionSource rotated) => Add(new JournalCommand(default, rotated));

    /// <summary>Takes all commands. The caller clears the list before the next call.</summary>
    public List<JournalCommand> Take()
    {
        (_commands, _spare) = (_spare, _commands);
        _places.Clear();
        _endings = 0;
        return _spare;
    }

    private void Add(JournalCommand command)
    {
        if (_isFailing)
            Note(command, _commands.Count);
        _commands.Add(command);
    }

    private void Note(JournalCommand command, int place)
    {
        if (command.Rotated is not null)
            _places.Clear();
        else if (command.Line.Id is { } id)
            _places[id] = place;
    }
}
