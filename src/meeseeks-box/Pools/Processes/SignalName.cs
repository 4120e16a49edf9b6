namespace MeeseeksBox.Agent.Pools.Processes;

/// <summary>Names signals for people.</summary>
internal static class SignalName
{
    // In the order of their numbers on Linux, from 1.
    private static readonly string[] Names =
    [
        "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM", "TERM", "STKFLT", "CHLD",
        "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS",
    ];

    /// <summary>The number with the name: <c>signal 9 (SIGKILL)</c>.</summary>
    public static string Of(int signal) =>
        signal <= Names.Length ? $"signal {signal} (SIG{Names[signal - 1]})" : $"signal {signal}";
}
