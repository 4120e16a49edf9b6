namespace MeeseeksBox.CommandLine.Output;

/// <summary>A bar on standard error, where a person looks at it: how much of something is done.</summary>
/// <param name="total">How much there is; null while nobody knows.</param>
/// <param name="unit">What is counted.</param>
/// <param name="time">Tells when it is time to draw anew.</param>
internal sealed class ProgressBar(int? total, string unit, TimeProvider time) : IDisposable
{
    private const int Cells = 30;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly bool _isShown = ConsoleOutput.IsErrorTerminal;
    private long _drawn;
    private bool _isDrawn;

    /// <summary>Shows how much is done.</summary>
    /// <param name="done">How much.</param>
    /// <param name="note">What stands after it.</param>
    public void Show(int done, string note = "")
    {
        var isLast = done == total;
        if (!_isShown || (_isDrawn && !isLast && time.GetElapsedTime(_drawn) < Pause))
        {
            return;
        }

        (_drawn, _isDrawn) = (time.GetTimestamp(), true);
        ConsoleOutput.Draw($"\r\e[K{TextWidth.Fit(Text(done, total, unit, note), ConsoleOutput.Width - 1)}");
    }

    /// <summary>Takes the bar away.</summary>
    public void Dispose()
    {
        if (_isDrawn)
        {
            ConsoleOutput.Draw("\r\e[K");
        }
    }

    /// <summary>The bar as text.</summary>
    internal static string Text(int done, int? total, string unit, string note)
    {
        if (total is not > 0)
        {
            return $"{done} {unit} {note}".TrimEnd();
        }

        var full = (int)((long)Cells * Math.Min(done, total.Value) / total.Value);
        return $"[{new string('█', full)}{new string('·', Cells - full)}] {done}/{total} {unit} {note}".TrimEnd();
    }
}
