using System.Runtime.InteropServices;

namespace MeeseeksBox.Foundation.Tasks;

/// <summary>The signals of a daemon: SIGTERM, SIGINT and SIGQUIT stop it, SIGHUP reloads its configuration.</summary>
public sealed class DaemonSignals : IDisposable
{
    private readonly TaskCompletionSource _stop = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly PosixSignalRegistration[] _registrations;

    /// <summary>Registers the signals.</summary>
    /// <param name="reload">Reloads the configuration.</param>
    /// <param name="abort">Ends the program at once, at a second signal to stop.</param>
    public DaemonSignals(Action reload, Action abort)
    {
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, StopOrAbort),
            PosixSignalRegistration.Create(PosixSignal.SIGINT, StopOrAbort),
            PosixSignalRegistration.Create(PosixSignal.SIGQUIT, StopOrAbort),
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
            {
                signal.Cancel = true;
                reload();
            }),
        ];

        void StopOrAbort(PosixSignalContext signal)
        {
            signal.Cancel = true;
            if (!_stop.TrySetResult())
                abort();
        }
    }

    /// <summary>Completes at the first signal to stop.</summary>
    public Task Stop => _stop.Task;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
    }
}
