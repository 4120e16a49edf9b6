using System.CommandLine;
using System.CommandLine.Help;
using System.Text;
using MeeseeksBox.Agent;
using MeeseeksBox.Agent.Configuration;
using MeeseeksBox.Agent.Pools.Plugins;
using MeeseeksBox.Agent.Supervision;
using MeeseeksBox.Configuration;
using MeeseeksBox.Foundation.Network;
using MeeseeksBox.Foundation.Tasks;
using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.Logging;

const string Program = "meeseeks-box";

StandardStream.Redirect();
InlineSockets.Enable();
if (StarterText.FaultOf(StarterText.Exact(args)) is { } fault)
{
    StandardStream.Error.WriteLine($"{Program}: {fault}");
    return BoxExitStatus.BadConfiguration;
}
var words = new Argument<string[]>("config")
{
    Description = "Config files (JSON), merged in their order, and key.key=value words, which override all files.",
    Arity = ArgumentArity.ZeroOrMore,
};
var check = new Option<bool>("--check") { Description = "Check the configuration, print it merged with its secrets masked, and exit." };
var command = new RootCommand("""
    The agent of meeseeks: accepts jobs, runs them in pools and reports on them, as JSON lines on TCP port 13700.

    Examples:
      meeseeks-box /etc/meeseeks/box.cfg
      meeseeks-box name=n1 pools.p1.slots=4 state.file=/var/lib/meeseeks/state.json
      meeseeks-box --check box.cfg

    SIGHUP reads the configuration again, SIGTERM stops.
    """) { words, check };
command.SetAction((parsed, _) => StandardStream.RunAsync(Program, () => RunAsync(parsed.GetValue(words) ?? [], parsed.GetValue(check))));

// The library would measure the terminal by the console, which sends sequences to it.
command.Options.OfType<HelpOption>().Single().Action = new HelpAction { MaxWidth = StandardStream.Output.Size?.Width ?? int.MaxValue };

var result = command.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
if (result.Errors.Count > 0)
{
    foreach (var error in result.Errors)
        StandardStream.Error.WriteLine($"{Program}: {error.Message} See {Program} --help.");

    return BoxExitStatus.BadConfiguration;
}

// The parser accepts unknown options as words.
if (ProgramOptions.ProblemOf(result.GetValue(words) ?? []) is { } unknown)
{
    StandardStream.Error.WriteLine($"{Program}: {unknown} See {Program} --help.");
    return BoxExitStatus.BadConfiguration;
}

var status = await StandardStream.RunAsync(Program, async () =>
{
    // The library writes the help, and would take a failure of the output for one of its own.
    var help = new StringWriter();
    var status = await result.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null, Output = help });
    StandardStream.Output.Write(Encoding.UTF8.GetBytes(help.ToString()));
    return status;
});
// Foreground threads of a plugin would keep the process alive after a plain return.
Environment.Exit(status);
return status;

static async Task<int> RunAsync(string[] arguments, bool checkOnly)
{
    var configuration = BoxConfigurationReader.Read(arguments);
    foreach (var line in configuration.Lines)
        StandardStream.Error.WriteLine(line);

    if (configuration.Config is not { } config)
        return BoxExitStatus.BadConfiguration;

    if (Box.StartProblems(config, arguments, checkOnly) is not [] and var problems)
    {
        StandardStream.Error.WriteLine(string.Join('\n', problems));
        return BoxExitStatus.BadConfiguration;
    }

    if (checkOnly)
    {
        if (UserRule.Warning(config, new HostAccounts()) is { } warning)
            StandardStream.Error.WriteLine($"warning: {warning}");
        foreach (var line in CertificateCheck.Warnings(config, TimeProvider.System.GetUtcNow()))
            StandardStream.Error.WriteLine($"warning: {line}");

        StandardStream.Output.WriteLine(ConfigJson.Indented(configuration.Shown));
        return BoxExitStatus.Good;
    }

    using var logs = new LogSetup(Program);
    if (logs.Apply(config.Logging) is { } problem)
    {
        StandardStream.Error.WriteLine(problem);
        return BoxExitStatus.BadConfiguration;
    }

    var status = await ServeAsync(configuration, arguments, logs);

    // The log is not what the box is for.
    StandardStream.Error.ForgetFault();
    return status;
}

static async Task<int> ServeAsync(ConfigurationResult<BoxConfig> configuration, string[] arguments, LogSetup logs)
{
    PluginExceptionGuard.Install(logs.CreateLogger($"{configuration.Config!.Name}.Plugins"));
    using var systemd = SystemdNotifier.FromEnvironment(TimeProvider.System, logs.CreateLogger($"{configuration.Config!.Name}.Supervisor"));
    Box box;
    try
    {
        box = new Box(configuration, arguments, logs, systemd, TimeProvider.System);
    }
    catch (IOException problem)
    {
        StandardStream.Error.WriteLine(problem.Message);
        return BoxExitStatus.CannotRun;
    }

    var isAborted = false;
    await using (box)
    {
        using var signals = new DaemonSignals(() => _ = box.ReloadAsync(), Abort);
        var problems = await box.StartAsync();
        foreach (var problem in problems)
            logs.Logger.Fatal("{Problem}", problem);

        if (problems is [])
            _ = await Task.WhenAny(signals.Stop, box.Faulted);

        var saved = await box.StopAsync();
        return problems is [] && saved && !isAborted && !box.Faulted.IsCompleted ? BoxExitStatus.Good : BoxExitStatus.CannotRun;
    }

    void Abort()
    {
        isAborted = true;
        box.Abort();
        Environment.Exit(BoxExitStatus.CannotRun);
    }
}
