using MeeseeksBox.Client;

namespace MeeseeksBox.CommandLine.Top;

/// <summary>Something that may change what is on the screen.</summary>
internal abstract record TopEvent
{
    /// <summary>The box has told something.</summary>
    public sealed record Updated(JobUpdate Update) : TopEvent;

    /// <summary>Somebody wants to know which jobs have ended.</summary>
    public sealed record ListEnded(Action<IReadOnlyList<TopJob>> Answer) : TopEvent;

    /// <summary>The box was asked which of the jobs that had ended it still knows.</summary>
    public sealed record Retained(IReadOnlyList<TopJob> Ended, IReadOnlySet<string> Known) : TopEvent;

    /// <summary>The box is away.</summary>
    public sealed record Disconnected(string Why) : TopEvent;

    /// <summary>A key was pressed.</summary>
    public sealed record Pressed(ConsoleKeyInfo Key) : TopEvent;

    /// <summary>There is something to say.</summary>
    public sealed record Notice(string Message) : TopEvent;

    /// <summary>Another size, or another second.</summary>
    public sealed record Redraw : TopEvent;

    /// <summary>Somebody wants the end.</summary>
    public sealed record Quit : TopEvent;
}
