using System.Text;

namespace MeeseeksBox.CommandLine.Output;

#pragma warning disable RS0030 // This is the place that talks to the terminal.

/// <summary>What the program prints to: standard output and standard error, and what is known of the terminal behind them.</summary>
internal sealed class ConsoleOutput : IDisposable
{
    private const int BufferSize = 64 * 1024;
    private const int UsualWidth = 80;

    private readonly Stream _output = Console.OpenStandardOutput();
    private readonly string _name;

    /// <summary>Opens the streams.</summary>
    /// <param name="name">The program's name, which errors begin with.</param>
    /// <param name="noColor">What the variable NO_COLOR holds.</param>
    public ConsoleOutput(string name, string? noColor)
    {
        _name = name;
        Out = new StreamWriter(_output, new UTF8Encoding(false), BufferSize) { NewLine = "\n" };
        HasColor = IsTerminal && string.IsNullOrEmpty(noColor) && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");
    }

    /// <summary>Standard output. It is flushed at the end, or by <see cref="FlushAsync"/>.</summary>
    public StreamWriter Out { get; }

    /// <summary>Standard input.</summary>
    public static Stream Input => Console.OpenStandardInput();

    /// <summary>Whether a person looks at standard output.</summary>
    public static bool IsTerminal => !Console.IsOutputRedirected;

    /// <summary>Whether a person looks at standard error.</summary>
    public static bool IsErrorTerminal => !Console.IsErrorRedirected;

    /// <summary>Whether colours are wanted (https://no-color.org).</summary>
    public bool HasColor { get; }

    /// <summary>How many columns the terminal has.</summary>
    public static int Width => Console.WindowWidth is > 0 and var width ? width : UsualWidth;

    /// <summary>The lines that were said on standard error, for the log.</summary>
    public List<string> Messages { get; } = [];

    /// <summary>Sends off what was printed.</summary>
    public Task FlushAsync(CancellationToken stop = default) => Out.FlushAsync(stop);

    /// <summary>Prints bytes as they are.</summary>
    public async Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken stop)
    {
        await Out.FlushAsync(stop);
        await _output.WriteAsync(bytes, stop);
    }

    /// <summary>Prints bytes as they are on standard error.</summary>
    public static async Task WriteErrorAsync(ReadOnlyMemory<byte> bytes, CancellationToken stop)
    {
        await using var errors = Console.OpenStandardError();
        await errors.WriteAsync(bytes, stop);
    }

    /// <summary>Says what went wrong: a line on standard error for each line of the text.</summary>
    public void WriteMessage(string text)
    {
        Out.Flush();
        foreach (var line in text.Split('\n'))
        {
            Messages.Add(line);
            Console.Error.WriteLine($"{_name}: {line}");
        }
    }

    /// <summary>Says what is odd and does no harm.</summary>
    public void Warn(string text) => WriteMessage($"warning: {text}");

    /// <summary>Draws over the last line of standard error, where a person looks at it.</summary>
    public static void Draw(string text) => Console.Error.Write(text);

    /// <inheritdoc/>
    public void Dispose()
    {
        Out.Dispose();
        _output.Dispose();
    }
}
