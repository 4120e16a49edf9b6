using System.Runtime.InteropServices;
using MeeseeksBox.Foundation.Unix;

namespace MeeseeksBox.Runner.Unix;

/// <summary>Turns a failed call into an exception.</summary>
internal static class SystemCall
{
    /// <summary>The program of this process, also when an upgrade has deleted its file.</summary>
    public const string OwnProgram = "/proc/self/exe";

    /// <summary>Returns the result of a call.</summary>
    /// <exception cref="IOException">It failed.</exception>
    public static int Check(int result, string what) =>
        result >= 0 ? result : throw new IOException($"{what}: {ErrorNumber.TextOf(Marshal.GetLastPInvokeError())}");
}
