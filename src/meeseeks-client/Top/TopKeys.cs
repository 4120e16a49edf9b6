namespace MeeseeksBox.CommandLine.Top;

/// <summary>The key bindings of <c>top</c>.</summary>
internal static class TopKeys
{
    /// <summary>The key help of the bottom line.</summary>
    public static IReadOnlyList<(string Key, string Meaning)> Help { get; } =
    [
        ("q", "quit"), ("/", "filter"), ("k", "kill"), ("s", "sort"), ("e", "ended"), ("n", "nodes/jobs"), ("↑↓ PgUp PgDn", "move"),
    ];

    /// <summary>Applies a key to the view.</summary>
    /// <param name="key">The key.</param>
    /// <param name="view">The current view.</param>
    /// <param name="list">The shown jobs.</param>
    /// <param name="page">The number of rows that PgUp and PgDn move.</param>
    public static (TopChoices View, TopAction Action) Press(ConsoleKeyInfo key, TopChoices view, TopList list, int page)
    {
        if (view.PendingKillId is not null)
        {
            var action = key.KeyChar is 'y' or 'Y' ? TopAction.Kill : TopAction.None;
            return (action is TopAction.Kill ? view : view with { PendingKillId = null }, action);
        }

        return view.FilterBefore is null ? Command(key, view with { Message = null }, list, page) : (Type(key, view), TopAction.None);
    }

    private static (TopChoices View, TopAction Action) Command(ConsoleKeyInfo key, TopChoices view, TopList list, int page)
    {
        var step = key.Key switch
        {
            ConsoleKey.UpArrow => -1,
            ConsoleKey.DownArrow => 1,
            ConsoleKey.PageUp => -page,
            ConsoleKey.PageDown => page,
            ConsoleKey.Home => -list.Jobs.Count,
            ConsoleKey.End => list.Jobs.Count,
            _ => 0,
        };
        if (step is not 0)
        {
            view = view.Part is TopPart.Nodes
                ? view with { FirstNode = Math.Max(0, view.FirstNode + step) }
                : list.Select(view, view.Index + step);
            return (view, TopAction.None);
        }

        return key.KeyChar switch
        {
            'q' or 'Q' => (view, TopAction.Quit),
            '/' => (view with { FilterBefore = view.Filter }, TopAction.None),
            'k' or 'K' when view.Part is not TopPart.Nodes => (view with { PendingKillId = view.Selected }, TopAction.None),
            's' => (view with { Order = (TopOrder)(((int)view.Order + 1) % Enum.GetValues<TopOrder>().Length) }, TopAction.None),
            'e' => (view with { ShowsEnded = !view.ShowsEnded }, TopAction.None),
            'n' => (view with { Part = (TopPart)(((int)view.Part + 1) % Enum.GetValues<TopPart>().Length) }, TopAction.None),
            _ when key.Key is ConsoleKey.Escape => (view with { Filter = "" }, TopAction.None),
            _ => (view, TopAction.None),
        };
    }

    private static TopChoices Type(ConsoleKeyInfo key, TopChoices view) => key.Key switch
    {
        ConsoleKey.Enter => view with { FilterBefore = null },
        ConsoleKey.Escape => view with { Filter = view.FilterBefore!, FilterBefore = null },
        ConsoleKey.Backspace => view with { Filter = view.Filter.Length > 0 ? view.Filter[..^1] : "" },
        ConsoleKey.U when key.Modifiers is ConsoleModifiers.Control => view with { Filter = "" },
        _ when char.IsControl(key.KeyChar) => view,
        _ => view with { Filter = view.Filter + key.KeyChar },
    };
}
