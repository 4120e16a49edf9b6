using System.Reflection;

namespace MeeseeksBox.CommandLine.Commands;

/// <summary>The texts of <c>--help</c> and <c>--version</c>.</summary>
internal static class HelpText
{
    private const string Program = "meeseeks-client";

    private const string OfProgram = $"""
        Submit, show, change, kill and wait for jobs of a meeseeks-box.

        Usage: {Program} [OPTION=VALUE]... COMMAND [WORD]...

        Options (before the command, or in the variable MEESEEKS_CONF; all but file= also after the command):
          address=HOST   host name or address of the box, or unix:/path for a Unix socket of this host (default: localhost)
          port=N         TCP port of the box (default: 13700)
          timeout=S      seconds to wait for a connection or an answer (default: 10)
          refresh=S      repeat every S seconds. stat: until no live jobs are left; sub and job: print changed jobs until all have
                         ended; nodes and pools: until interrupted
          ssl.KEY=VALUE  TLS settings: ssl.cafile=FILE, ssl.cert=FILE, ssl.key=FILE, ssl.verify=0 and others
          file=FILE      read options from a JSON file
          log=FILE       append a line to FILE for each call

        The names qsub, qstat, qjob, qdel, qmod and qconf imply the command: qsub is the same as {Program} sub.

        Examples:
          {Program} address=head1 stat
          MEESEEKS_CONF='address=head1 ssl.cafile=ca.pem' qsub p1 sleep 60

        Exit status: 0 success; 1 the request failed; 2 the command line is wrong; 130 Ctrl-C. wait and sub wait=1 exit with
        the status of the job.
        """;

    /// <summary>The help of the program, with all commands.</summary>
    public static string OfAll => $"{OfProgram}\n\nCommands (see COMMAND --help):\n{Commands()}";

    /// <summary>The version of the program.</summary>
    public static string Version { get; } =
        typeof(HelpText).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    /// <summary>The help of a command.</summary>
    public static string Of(CommandDefinition definition) => $"""
        {definition.Summary}

        Usage: {$"{Program} {Names(definition)} {definition.Words}".TrimEnd()}

        {definition.Help}
        """;

    private static string Commands()
    {
        var width = CommandTable.All.Max(definition => Names(definition).Length);
        return string.Join('\n', CommandTable.All.Select(definition => $"  {Names(definition).PadRight(width)}  {definition.Summary}"));
    }

    private static string Names(CommandDefinition definition) =>
        definition.Alias is { } alias ? $"{definition.Name}|{alias}" : definition.Name;
}
