using System.Runtime.InteropServices;
using System.Text;
using MeeseeksBox.Foundation.Unix;

namespace MeeseeksBox.CommandLine.Output;

#pragma warning disable RS0030 // The only place that takes over the terminal.

/// <summary>
/// Full control of the terminal: alternate screen, hidden cursor, single keys. <see cref="Dispose"/> restores the terminal, and so
/// does a regular end of the process.
/// </summary>
internal sealed class Terminal : IDisposable
{
    // Without line wrapping, so that a line of the full width does not scroll the screen.
    private const string Take = "\e[?1049h\e[?25l\e[?7l\e[H\e[2J";
    private const string GiveBack = "\e[0m\e[?7h\e[?25h\e[?1l\e>\e[?1049l";

    // Synchronized output: terminals that support it show the frame at once; others ignore the sequences.
    private const string Begin = "\e[?2026h";
    private const string End = "\e[?2026l";

    private readonly Lock _lock = new();
    private readonly List<PosixSignalRegistration> _signals = [];
    private readonly Action<ConsoleKeyInfo> _pressed;
    private readonly Action _changed;
    private readonly Action<Exception> _failed;
    private IReadOnlyList<string> _drawn = [];
    private bool _isTaken;

    /// <summary>Takes over the terminal.</summary>
    /// <param name="pressed">Called for each key, on a separate thread.</param>
    /// <param name="changed">Called when the screen must be redrawn: after a change of size, or a continue after a stop.</param>
    /// <param name="quit">Called for Ctrl-\.</param>
    /// <param name="failed">Called when no further keys can be read.</param>
    public Terminal(Action<ConsoleKeyInfo> pressed, Action changed, Action quit, Action<Exception> failed)
    {
        (_pressed, _changed, _failed) = (pressed, changed, failed);
        AppDomain.CurrentDomain.ProcessExit += Restore;
        Enter();
        On(PosixSignal.SIGWINCH, _ => Refresh());
        On(PosixSignal.SIGCONT, _ => Refresh());

        // Ignore Ctrl-Z: the runtime would reset the terminal mode without stopping the process.
        On(PosixSignal.SIGTSTP, context => context.Cancel = true);
        On(PosixSignal.SIGQUIT, context =>
        {
            context.Cancel = true;
            quit();
        });
        new Thread(ReadKeys) { IsBackground = true, Name = "keys" }.Start();
    }

    /// <summary>Whether input and output are a terminal that supports cursor control.</summary>
    public static bool IsThere =>
        StandardStream.Output.IsTerminal && StandardStream.Input.IsTerminal
        && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");

    /// <summary>The size of the terminal.</summary>
    public static (int Width, int Height) Size => StandardStream.Output.Size ?? (80, 24);

    /// <summary>Draws a screen; only changed lines are sent.</summary>
    public void Draw(IReadOnlyList<string> lines)
    {
        lock (_lock)
        {
            if (!_isTaken)
                return;

            var text = new StringBuilder(Begin);
            for (var row = 0; row < Math.Max(lines.Count, _drawn.Count); row++)
            {
                var line = row < lines.Count ? lines[row] : "";
                if (row >= _drawn.Count || _drawn[row] != line)
                    _ = text.Append($"\e[{row + 1};1H\e[K").Append(line);
            }

            if (text.Length > Begin.Length)
                Write(text.Append(End).ToString());

            _drawn = lines;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _signals.ForEach(signal => signal.Dispose());
        AppDomain.CurrentDomain.ProcessExit -= Restore;
        Leave();
    }

    private void On(PosixSignal signal, Action<PosixSignalContext> act) => _signals.Add(PosixSignalRegistration.Create(signal, act));

    private void Restore(object? sender, EventArgs arguments) => Leave();

    private void Enter()
    {
        lock (_lock)
        {
            if (!_isTaken)
            {
                _isTaken = true;
                Write(Take);
            }
        }

        Refresh();
    }

    private void Leave()
    {
        lock (_lock)
        {
            if (_isTaken)
            {
                _isTaken = false;
                Write(GiveBack);
            }
        }
    }

    private void Refresh()
    {
        lock (_lock)
        {
            if (_isTaken)
                Write("\e[2J");

            _drawn = [];
        }

        _changed();
    }

    private static void Write(string text)
    {
        try
        {
            StandardStream.Output.Write(Encoding.UTF8.GetBytes(text));
        }
        catch (StandardStreamException)
        {
            // The terminal is gone, so the error cannot be shown.
        }
    }

    private void ReadKeys()
    {
        try
        {
            while (true)
                _pressed(Console.ReadKey(intercept: true));
        }
#pragma warning disable CA1031 // Passed on: unhandled on this thread, it would end the process before the terminal is restored.
        catch (Exception problem)
        {
            _failed(problem);
        }
#pragma warning restore CA1031
    }
}
