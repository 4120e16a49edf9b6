using System.CommandLine;
using MeeseeksBox.Agent;
using MeeseeksBox.Agent.Configuration;
using MeeseeksBox.Agent.Pools.Plugins;
using MeeseeksBox.Agent.Supervision;
using MeeseeksBox.Configuration;
using MeeseeksBox.Foundation.Tasks;
using MeeseeksBox.Logging;
using Serilog.Debugging;

#pragma warning disable RS0030 // The only file that writes to the terminal.

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
command.SetAction((parsed, _) => RunAsync(parsed.GetValue(words) ?? [], parsed.GetValue(check)));

var result = command.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
if (result.Errors.Count > 0)
{
    foreach (var error in result.Errors)
        await Console.Error.WriteLineAsync($"meeseeks-box: {error.Message} See meeseeks-box --help.");

    return BoxExitStatus.BadConfiguration;
}

if (Array.Find(result.GetValue(words) ?? [], word => word.StartsWith('-') && !CommandLineSetting.IsSetting(word)) is { } option)
{
    // The parser accepts unknown options as words. A file with such a name can be given as ./-name.
    await Console.Error.WriteLineAsync($"meeseeks-box: unknown option {option}. See meeseeks-box --help.");
    return BoxExitStatus.BadConfiguration;
}

var status = await result.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
// Foreground threads of a plugin would keep the process alive after a plain return.
Environment.Exit(status);
return status;

static async Task<int> RunAsync(string[] arguments, bool checkOnly)
{
    var configuration = BoxConfigurationReader.Read(arguments);
    foreach (var line in configuration.Lines)
        await Console.Error.WriteLineAsync(line);

    if (configuration.Config is not { } config)
        return BoxExitStatus.BadConfiguration;

    if (Box.PluginProblems(config, arguments) is not [] and var missing)
    {
        await Console.Error.WriteLineAsync(string.Join('\n', missing));
        return BoxExitStatus.BadConfiguration;
    }

    if (checkOnly)
    {
        await Console.Out.WriteLineAsync(ConfigJson.Indented(configuration.Shown));
        return BoxExitStatus.Good;
    }

    if (config.Logging.FileName is not null)
        SelfLog.Enable(Console.Error);

    using var logs = new LogSetup("meeseeks-box");
    if (logs.Apply(config.Logging) is { } problem)
    {
        await Console.Error.WriteLineAsync(problem);
        return BoxExitStatus.BadConfiguration;
    }

    return await ServeAsync(configuration, arguments, logs);
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
        await Console.Error.WriteLineAsync(problem.Message);
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
