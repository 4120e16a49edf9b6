using System.Globalization;
using System.Runtime.InteropServices;

namespace MeeseeksBox.CommandLine;

/// <summary>The signals that end a command: SIGINT, SIGTERM, SIGHUP and SIGQUIT.</summary>
/// <remarks>
/// The first signal cancels the command, which may still kill its job. The second ends the program at once. A signal that the starter
/// ignores, as nohup does with SIGHUP, stays ignored.
/// </remarks>
internal sealed class Interruption : IDisposable
{
    private const int SignalBase = 128;
    private const int Hangup = 1;
    private const int Quit = 3;

    private readonly CancellationTokenSource _stop = new();
    private readonly List<PosixSignalRegistration> _registrations = [];

    /// <summary>Registers the signals.</summary>
    /// <param name="handlesQuit">False for a command that handles SIGQUIT itself.</param>
    public Interruption(bool handlesQuit)
    {
        var ignored = Ignored();
        On(PosixSignal.SIGINT, number: 2);
        On(PosixSignal.SIGTERM, number: 15);
        if (!IsSet(ignored, Hangup))
            On(PosixSignal.SIGHUP, Hangup);
        if (handlesQuit && !IsSet(ignored, Quit))
            On(PosixSignal.SIGQUIT, Quit);
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _stop.Token;

    /// <summary>The exit status after the first signal: 128 + N, as shells report it.</summary>
    public int Status { get; private set; }

    /// <inheritdoc/>
    public void Dispose()
    {
        _registrations.ForEach(registration => registration.Dispose());
        _stop.Dispose();
    }

    private void On(PosixSignal signal, int number) => _registrations.Add(PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = !_stop.IsCancellationRequested;
        if (context.Cancel)
            Status = SignalBase + number;

        _stop.Cancel();
    }));

    private static bool IsSet(ulong mask, int signal) => (mask >> (signal - 1) & 1) is 1;

    // The runtime keeps these dispositions until a registration replaces them. The format is in proc(5).
    private static ulong Ignored()
    {
        const string Name = "SigIgn:";
        var line = File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith(Name, StringComparison.Ordinal));
        return ulong.TryParse(line?[Name.Length..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var mask) ? mask : 0;
    }
}
