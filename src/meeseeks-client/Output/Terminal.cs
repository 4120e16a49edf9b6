using System.Runtime.InteropServices;
using System.Text;

namespace MeeseeksBox.CommandLine.Output;

#pragma warning disable RS0030 // This is the place that takes the terminal over.

/// <summary>
/// The terminal, taken over whole: another screen than the one that the shell uses, no cursor, keys one by one. What was there before comes
/// back with <see cref="Dispose"/>, and at the end of the process, whatever ends it.
/// </summary>
internal sealed class Terminal : IDisposable
{
    // Without line wrapping, so that a line of exactly the width cannot push the others away.
    private const string Take = "\e[?1049h\e[?25l\e[?7l\e[H\e[2J";
    private const string GiveBack = "\e[0m\e[?7h\e[?25h\e[?1l\e>\e[?1049l";

    // Terminals that know it show all of what stands between at once; the others ignore it.
    private const string Begin = "\e[?2026h";
    private const string End = "\e[?2026l";

    private readonly Stream _output = Console.OpenStandardOutput();
    private readonly Lock _lock = new();
    private readonly List<PosixSignalRegistration> _signals = [];
    private readonly Action<ConsoleKeyInfo> _pressed;
    private readonly Action _changed;
    private readonly Action<Exception> _failed;
    private IReadOnlyList<string> _drawn = [];
    private bool _isTaken;

    /// <summary>Takes the terminal over.</summary>
    /// <param name="pressed">Is told of each key, on a thread of its own.</param>
    /// <param name="changed">Is told when all is to be drawn anew: the size has changed, or the process goes on after a stop.</param>
    /// <param name="quit">Is told of Ctrl-\.</param>
    /// <param name="failed">Is told when no further keys can be read.</param>
    public Terminal(Action<ConsoleKeyInfo> pressed, Action changed, Action quit, Action<Exception> failed)
    {
        (_pressed, _changed, _failed) = (pressed, changed, failed);
        AppDomain.CurrentDomain.ProcessExit += Restore;
        Enter();
        On(PosixSignal.SIGWINCH, _ => Refresh());
        On(PosixSignal.SIGCONT, _ => Refresh());

        // The runtime takes Ctrl-Z for itself and stops nobody; without this it would give back the keys and go on.
        On(PosixSignal.SIGTSTP, context => context.Cancel = true);
        On(PosixSignal.SIGQUIT, context =>
        {
            context.Cancel = true;
            quit();
        });
        new Thread(ReadKeys) { IsBackground = true, Name = "keys" }.Start();
    }

    /// <summary>Whether a person sits at both ends, and the terminal can draw.</summary>
    public static bool IsThere =>
        !Console.IsOutputRedirected && !Console.IsInputRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");

    /// <summary>Its size.</summary>
    public static (int Width, int Height) Size => (Console.WindowWidth, Console.WindowHeight) is ( > 0, > 0) and var size ? size : (80, 24);

    /// <summary>Draws a screen; only lines that differ from those that stand there are sent.</summary>
    public void Draw(IReadOnlyList<string> lines)
    {
        lock (_lock)
        {
            if (!_isTaken)
            {
                return;
            }

            var text = new StringBuilder(Begin);
            for (var row = 0; row < Math.Max(lines.Count, _drawn.Count); row++)
            {
                var line = row < lines.Count ? lines[row] : "";
                if (row >= _drawn.Count || _drawn[row] != line)
                {
                    _ = text.Append($"\e[{row + 1};1H\e[K").Append(line);
                }
            }

            if (text.Length > Begin.Length)
            {
                Write(text.Append(End).ToString());
            }

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
            {
                Write("\e[2J");
            }

            _drawn = [];
        }

        _changed();
    }

    private void Write(string text)
    {
        try
        {
            _output.Write(Encoding.UTF8.GetBytes(text));
            _output.Flush();
        }
        catch (IOException)
        {
            // The terminal has gone, and with it whoever could be told.
        }
    }

    private void ReadKeys()
    {
        try
        {
            while (true)
            {
                _pressed(Console.ReadKey(intercept: true));
            }
        }
#pragma warning disable CA1031 // Handed on: on a thread of its own it would end the process before the terminal is given back.
        catch (Exception problem)
        {
            _failed(problem);
        }
#pragma warning restore CA1031
    }
}
