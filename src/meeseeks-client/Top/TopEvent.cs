using MeeseeksBox.Client;
using MeeseeksBox.Protocol.Outputs;

namespace MeeseeksBox.CommandLine.Top;

/// <summary>An event that may change the screen.</summary>
internal abstract record TopEvent
{
    /// <summary>The box sent an update.</summary>
    public sealed record Updated(JobUpdate Update) : TopEvent;

    /// <summary>A request for the ended jobs of the model.</summary>
    public sealed record ListEnded(Action<IReadOnlyList<TopJob>> Answer) : TopEvent;

    /// <summary>The ended jobs that the box still has.</summary>
    /// <param name="Ended">The ended jobs of the model, before the request.</param>
    /// <param name="Known">The ids of the ended jobs that the box returned.</param>
    public sealed record Retained(IReadOnlyList<TopJob> Ended, IReadOnlySet<string> Known) : TopEvent;

    /// <summary>The connection to the box was lost.</summary>
    public sealed record Disconnected(string Why) : TopEvent;

    /// <summary>A job has printed a part of its output.</summary>
    /// <param name="Follow">The number of the follow: see <see cref="TopOutput.Begin"/>.</param>
    /// <param name="Stream">The stream.</param>
    /// <param name="Part">The part.</param>
    public sealed record Printed(int Follow, OutputStream Stream, OutputPart Part) : TopEvent;

    /// <summary>The output of a job cannot be had, or not yet.</summary>
    /// <param name="Follow">The number of the follow: see <see cref="TopOutput.Begin"/>.</param>
    /// <param name="Reason">The reason.</param>
    public sealed record Unprinted(int Follow, string Reason) : TopEvent;

    /// <summary>A key was pressed.</summary>
    public sealed record Pressed(ConsoleKeyInfo Key) : TopEvent;

    /// <summary>A message for the bottom line.</summary>
    public sealed record Notice(string Message) : TopEvent;

    /// <summary>The size of the terminal changed, or a second passed.</summary>
    public sealed record Redraw : TopEvent;

    /// <summary>The session must end.</summary>
    public sealed record Quit : TopEvent;
}
