using System.Text;

namespace MeeseeksBox.CommandLine.Output;

#pragma warning disable RS0030 // The only place that uses the console.

/// <summary>Standard output and standard error, with the properties of their terminal.</summary>
internal sealed class ConsoleOutput : IDisposable
{
    private const int BufferSize = 64 * 1024;
    private const int UsualWidth = 80;

    private readonly Stream _output = Console.OpenStandardOutput();
    private readonly string _name;

    /// <summary>Opens the streams.</summary>
    /// <param name="name">The name of the program, the prefix of messages.</param>
    /// <param name="noColor">The value of the variable NO_COLOR.</param>
    public ConsoleOutput(string name, string? noColor)
    {
        _name = name;
        Out = new StreamWriter(_output, new UTF8Encoding(false), BufferSize) { NewLine = "\n" };
        HasColor = IsTerminal && string.IsNullOrEmpty(noColor) && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");
    }

    /// <summary>Standard output. It is flushed by <see cref="FlushAsync"/> and at the end of the program.</summary>
    public StreamWriter Out { get; }

    /// <summary>Standard input.</summary>
    public static Stream Input => Console.OpenStandardInput();

    /// <summary>Whether standard output is a terminal.</summary>
    public static bool IsTerminal => !Console.IsOutputRedirected;

    /// <summary>Whether standard error is a terminal.</summary>
    public static bool IsErrorTerminal => !Console.IsErrorRedirected;

    /// <summary>Whether to use colours (https://no-color.org).</summary>
    public bool HasColor { get; }

    /// <summary>The number of columns of the terminal.</summary>
    public static int Width => Console.WindowWidth is > 0 and var width ? width : UsualWidth;

    /// <summary>The lines that were printed to standard error, for the log.</summary>
    public List<string> Messages { get; } = [];

    /// <summary>Flushes standard output.</summary>
    public Task FlushAsync(CancellationToken stop = default) => Out.FlushAsync(stop);

    /// <summary>Writes bytes to standard output.</summary>
    public async Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken stop)
    {
        await Out.FlushAsync(stop);
        await _output.WriteAsync(bytes, stop);
    }

    /// <summary>Writes bytes to standard error.</summary>
    public static async Task WriteErrorAsync(ReadOnlyMemory<byte> bytes, CancellationToken stop)
    {
        await using var errors = Console.OpenStandardError();
        await errors.WriteAsync(bytes, stop);
    }

    /// <summary>Prints a message to standard error, each line with the name of the program.</summary>
    public void WriteMessage(string text)
    {
        Out.Flush();
        foreach (var line in text.Split('\n'))
        {
            Messages.Add(line);
            Console.Error.WriteLine($"{_name}: {line}");
        }
    }

    /// <summary>Prints a warning to standard error.</summary>
    public void Warn(string text) => WriteMessage($"warning: {text}");

    /// <summary>Writes text to standard error without a line end, for the progress bar.</summary>
    public static void Draw(string text) => Console.Error.Write(text);

    /// <inheritdoc/>
    public void Dispose()
    {
        Out.Dispose();
        _output.Dispose();
    }
}
