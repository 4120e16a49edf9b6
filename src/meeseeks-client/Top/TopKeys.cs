using MeeseeksBox.Foundation.Text;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.CommandLine.Top;

/// <summary>The key bindings of <c>top</c>.</summary>
internal static class TopKeys
{
    /// <summary>The key help of the bottom line.</summary>
    public static IReadOnlyList<(string Key, string Meaning)> Help { get; } =
    [
        ("q", "quit"), ("/", "filter"), ("k", "kill"), ("s", "sort"), ("e", "ended"), ("n", "nodes/jobs"), ("↑↓ PgUp PgDn", "move"),
    ];

    /// <summary>Applies a key to the choices.</summary>
    /// <param name="key">The key.</param>
    /// <param name="choices">The current choices.</param>
    /// <param name="list">The shown jobs.</param>
    /// <param name="page">The number of rows that PgUp and PgDn move.</param>
    public static (TopChoices View, TopAction Action) Press(ConsoleKeyInfo key, TopChoices choices, TopList list, int page)
    {
        if (choices.PendingKillId is not null)
        {
            var action = key.KeyChar is 'y' or 'Y' ? TopAction.Kill : TopAction.None;
            return (action is TopAction.Kill ? choices : choices with { PendingKillId = null }, action);
        }

        return choices.FilterBefore is null
            ? Command(key, choices with { Message = null }, list, page)
            : (Type(key, choices), TopAction.None);
    }

    private static (TopChoices View, TopAction Action) Command(ConsoleKeyInfo key, TopChoices choices, TopList list, int page)
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
            choices = choices.Part is TopPart.Nodes
                ? choices with { FirstNode = Math.Max(0, choices.FirstNode + step) }
                : list.Select(choices, choices.Index + step);
            return (choices, TopAction.None);
        }

        return key.KeyChar switch
        {
            'q' or 'Q' => (choices, TopAction.Quit),
            '/' => (choices with { FilterBefore = choices.Filter }, TopAction.None),
            'k' or 'K' when choices.Part is not TopPart.Nodes => (AskToKill(choices, list), TopAction.None),
            's' => (choices with { Order = (TopOrder)(((int)choices.Order + 1) % Enum.GetValues<TopOrder>().Length) }, TopAction.None),
            'e' => (choices with { ShowsEnded = !choices.ShowsEnded }, TopAction.None),
            'n' => (choices with { Part = (TopPart)(((int)choices.Part + 1) % Enum.GetValues<TopPart>().Length) }, TopAction.None),
            _ when key.Key is ConsoleKey.Escape => (choices with { Filter = "" }, TopAction.None),
            _ => (choices, TopAction.None),
        };
    }

    private static TopChoices AskToKill(TopChoices choices, TopList list) =>
        list.Jobs.FirstOrDefault(job => job.Id == choices.Selected) is { Shown: { HasEnded: true } ended }
            ? choices with { Message = $"{SingleLine.Of(choices.Selected!)} has ended ({JobStates.Word(ended.State)}): nothing to kill" }
            : choices with { PendingKillId = choices.Selected };

    private static TopChoices Type(ConsoleKeyInfo key, TopChoices choices) => key.Key switch
    {
        ConsoleKey.Enter => choices with { FilterBefore = null },
        ConsoleKey.Escape => choices with { Filter = choices.FilterBefore!, FilterBefore = null },
        ConsoleKey.Backspace => choices with { Filter = choices.Filter.Length > 0 ? choices.Filter[..^1] : "" },
        ConsoleKey.U when key.Modifiers is ConsoleModifiers.Control => choices with { Filter = "" },
        _ when char.IsControl(key.KeyChar) => choices,
        _ => choices with { Filter = choices.Filter + key.KeyChar },
    };
}
