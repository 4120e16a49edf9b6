using System.CommandLine;
using System.CommandLine.Invocation;

namespace MeeseeksBox.CommandLine.Commands;

/// <summary>What <c>--help</c> prints: of the program its options and commands, of a command what it takes, does, and an example.</summary>
internal sealed class HelpText : SynchronousCommandLineAction
{
    private const string Program = "meeseeks-client";

    private const string OfProgram = $"""
        Submits jobs to a meeseeks-box, asks for them, changes them and waits for them.

        Usage: {Program} [OPTION=VALUE]... COMMAND [WORD]...

        Options, which may also stand in MEESEEKS_CONF, and all but file= behind the command:
          address=HOST   where the box is (localhost); unix:/path is a Unix socket of this host
          port=N         its port (13700)
          timeout=S      how many seconds it may take to answer (10)
          refresh=S      for stat: show it again every S seconds until no jobs are left; for sub and job: print jobs again at each
                         change until they have ended; for nodes and pools: print them again every S seconds
          ssl.cafile=FILE, ssl.cert=FILE, ssl.key=FILE, ssl.verify=0   and more: encrypt the connection
          file=FILE      a JSON file with such options
          log=FILE       append a line for each call

        Under the names qsub, qstat, qjob, qdel, qmod and qconf the command is implied.

        Examples:
          {Program} address=head1 stat
          MEESEEKS_CONF='address=head1 ssl.cafile=ca.pem' qsub p1 sleep 60

        Exit status: 0 it went well, 1 the request failed, 2 the command line is wrong. sub wait=1 and wait: that of the job.
        """;

    /// <summary>The usage of the program, with all commands.</summary>
    public static string OfAll => $"{OfProgram}\n\nCommands (COMMAND --help tells more):\n{Commands()}";

    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        var name = parseResult.CommandResult.Command.Name;
        var definition = CommandTable.All.FirstOrDefault(known => known.Name == name);
        var output = parseResult.InvocationConfiguration.Output;
        output.WriteLine(definition is null ? OfAll : Of(definition));
        return ClientExitStatus.Good;
    }

    private static string Of(CommandDefinition definition) => $"""
        {definition.Summary}

        Usage: {Program} {Names(definition)} {definition.Words}

        {definition.Help}
        """;

    private static string Commands()
    {
        var width = CommandTable.All.Max(definition => Names(definition).Length);
        return string.Join('\n', CommandTable.All.Select(definition => $"  {Names(definition).PadRight(width)}  {definition.Summary}"));
    }

    private static string Names(CommandDefinition definition) => definition.Alias is { } alias ? $"{definition.Name}|{alias}" : definition.Name;
}
