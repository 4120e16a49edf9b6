using System.Runtime.InteropServices;
using MeeseeksBox.Foundation.Unix;

namespace MeeseeksBox.Runner.Accounts;

/// <summary>The session keyring, whose keys all programs of a session may use; see keyctl(2).</summary>
internal static class SessionKeyring
{
    private const nint KeyControlX64 = 250;
    private const nint KeyControlArm64 = 219;
    private const nint JoinNew = 1;

    /// <summary>Joins a new and empty one. Threads that exist already, other than this one, keep the former.</summary>
    /// <exception cref="IOException">The system has rejected it.</exception>
    public static void Leave()
    {
        var number = RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => KeyControlX64,
            Architecture.Arm64 => KeyControlArm64,
            _ => default(nint?),
        };
        if (number is { } known && LibC.SystemCall(known, JoinNew, 0) < 0)
        {
            // Where nobody may use keys, as in many containers, there are none to protect.
            var error = Marshal.GetLastPInvokeError();
            if (error is not (ErrorNumber.NotPermitted or ErrorNumber.NotThere))
                throw new IOException($"cannot join a new session keyring: {ErrorNumber.TextOf(error)}");
        }
    }
}
