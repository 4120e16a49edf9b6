using System.Text;
using MeeseeksBox.Foundation.Text;
using MeeseeksBox.Foundation.Unix;

namespace MeeseeksBox.CommandLine.Output;

/// <summary>Standard output and standard error, with the properties of their terminal.</summary>
internal sealed class ConsoleOutput : IDisposable
{
    private const int BufferSize = 64 * 1024;
    private const int UsualWidth = 80;

    /// <summary>Opens the streams.</summary>
    /// <param name="name">The name of the program, the prefix of messages.</param>
    /// <param name="noColor">The value of the variable NO_COLOR.</param>
    public ConsoleOutput(string name, string? noColor)
    {
        Name = name;
        Out = new StreamWriter(StandardStream.Output, new UTF8Encoding(false), BufferSize, leaveOpen: true) { NewLine = "\n" };
        HasColor = IsTerminal && string.IsNullOrEmpty(noColor) && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");
    }

    /// <summary>The name of the program, the prefix of messages.</summary>
    public string Name { get; }

    /// <summary>Standard output. It is flushed by <see cref="FlushAsync"/> and at the end of the program.</summary>
    public StreamWriter Out { get; }

    /// <summary>Standard input.</summary>
    public static Stream Input => StandardStream.Input;

    /// <summary>Whether standard output is a terminal.</summary>
    public static bool IsTerminal => StandardStream.Output.IsTerminal;

    /// <summary>Whether standard error is a terminal.</summary>
    public static bool IsErrorTerminal => StandardStream.Error.IsTerminal;

    /// <summary>Whether to use colours (https://no-color.org).</summary>
    public bool HasColor { get; }

    /// <summary>The number of columns of the terminal at standard output.</summary>
    public static int Width => StandardStream.Output.Size?.Width ?? UsualWidth;

    /// <summary>The number of columns of the terminal at standard error.</summary>
    public static int ErrorWidth => StandardStream.Error.Size?.Width ?? UsualWidth;

    /// <summary>The lines that were printed to standard error, for the log.</summary>
    public List<string> Messages { get; } = [];

    /// <summary>Flushes standard output.</summary>
    public Task FlushAsync(CancellationToken stop = default) => Out.FlushAsync(stop);

    /// <summary>Writes bytes to standard output.</summary>
    public async Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken stop)
    {
        await Out.FlushAsync(stop);
        await Out.BaseStream.WriteAsync(bytes, stop);
    }

    /// <summary>Writes bytes to standard error.</summary>
    public static Task WriteErrorAsync(ReadOnlyMemory<byte> bytes, CancellationToken stop) =>
        StandardStream.Error.WriteAsync(bytes, stop).AsTask();

    /// <summary>Prints a message to standard error, each line with the name of the program.</summary>
    public void WriteMessage(string text)
    {
        Out.Flush();
        foreach (var line in text.Split('\n').Select(SingleLine.Of))
        {
            Messages.Add(line);
            StandardStream.Error.WriteLine($"{Name}: {line}");
        }
    }

    /// <summary>Prints a warning to standard error.</summary>
    public void Warn(string text) => WriteMessage($"warning: {text}");

    /// <summary>Writes text to standard error without a line end, for the progress bar.</summary>
    public static void Draw(string text) => StandardStream.Error.Write(Encoding.UTF8.GetBytes(text));

    /// <inheritdoc/>
    public void Dispose() => Out.Dispose();
}
