using MeeseeksBox.Foundation.Text;

namespace MeeseeksBox.CommandLine.Output;

/// <summary>A progress bar on standard error, if that is a terminal.</summary>
/// <param name="total">The total; null if it is unknown.</param>
/// <param name="unit">The counted things, for the text.</param>
/// <param name="time">Limits the rate of redraws.</param>
internal sealed class ProgressBar(int? total, string unit, TimeProvider time) : IDisposable
{
    private const int Cells = 30;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly bool _isShown = ConsoleOutput.IsErrorTerminal;
    private long _drawn;
    private bool _isDrawn;

    /// <summary>Shows the progress.</summary>
    /// <param name="done">The finished part of the total.</param>
    /// <param name="note">A text after the count.</param>
    public void Show(int done, string note = "")
    {
        var isLast = done == total;
        if (!_isShown || (_isDrawn && !isLast && time.GetElapsedTime(_drawn) < Pause))
            return;

        (_drawn, _isDrawn) = (time.GetTimestamp(), true);
        ConsoleOutput.Draw($"\r\e[K{TextWidth.Fit(Text(done, total, unit, note), ConsoleOutput.ErrorWidth - 1)}");
    }

    /// <summary>Erases the bar.</summary>
    public void Dispose()
    {
        if (_isDrawn)
            ConsoleOutput.Draw("\r\e[K");
    }

    /// <summary>The bar as text.</summary>
    internal static string Text(int done, int? total, string unit, string note)
    {
        if (total is not > 0)
            return $"{done} {unit} {note}".TrimEnd();

        var full = (int)((long)Cells * Math.Min(done, total.Value) / total.Value);
        return $"[{new string('█', full)}{new string('·', Cells - full)}] {done}/{total} {unit} {note}".TrimEnd();
    }
}
