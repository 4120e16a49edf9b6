using System.CommandLine;
using System.CommandLine.Help;
using System.Text;
using MeeseeksBox.Configuration;
using MeeseeksBox.Foundation.Tasks;
using MeeseeksBox.Foundation.Text;
using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.Logging;
using MeeseeksBox.WatchAgent;
using MeeseeksBox.WatchAgent.Commands;
using MeeseeksBox.WatchAgent.Configuration;
using MeeseeksBox.WatchAgent.Folders;

const string Program = "meeseeks-watch";

StandardStream.Redirect();
WriterProbe.Prepare();
if (StarterText.FaultOf(StarterText.Exact(args)) is { } fault)
{
    StandardStream.Error.WriteLine($"{Program}: {fault}");
    return WatcherExitStatus.BadConfiguration;
}

if (args is [Completion.Command, _, ..])
    return await StandardStream.RunAsync(Program, () => Completion.RunAsync(args[1..]));

var words = new Argument<string[]>("config")
{
    Description = "Configuration files (JSON), merged in their order, and key.key=value words, which override the files.",
    Arity = ArgumentArity.ZeroOrMore,
};
var check = new Option<bool>("--check")
{
    Description = "Check the configuration, print it merged, with its templates applied and its secrets masked, and exit.",
};
var isControl = ControlCommandLine.Has(args.FirstOrDefault());
if (isControl && File.Exists(args[0]))
{
    StandardStream.Error.WriteLine(
        $"{Program}: {args[0]} is a command, and a file here: write ./{args[0]} for the file, or use another folder for the command.");
    return WatcherExitStatus.BadConfiguration;
}

var command = isControl ? ControlCommandLine.Create(Program) : new RootCommand("""
    Watches folders, and submits jobs to a meeseeks-box for the files that appear in them.

    Examples:
      meeseeks-watch /etc/meeseeks/watch.cfg
      meeseeks-watch 'watch.in={"path":"/data/in","glob":"*.dat","jobs":[{"pool":"p1","args":["/opt/load","%(file)s"]}]}'
      meeseeks-watch dry_run=1 watch.cfg            # list what would be submitted, and why the rest would not
      meeseeks-watch once=1 lock=/run/w watch.cfg   # read the folders once, wait for the jobs: for cron
      meeseeks-watch status watch.cfg               # what the running watcher does
      meeseeks-watch again watch.cfg in '*.dat'     # run files of the watch "in" again

    SIGHUP reloads the configuration. SIGTERM kills the jobs and stops.
    """) { words, check };
if (!isControl)
{
    command.SetAction((parsed, _) =>
        StandardStream.RunAsync(Program, () => RunAsync(parsed.GetValue(words) ?? [], parsed.GetValue(check))));
}

// The library would measure the terminal by the console, which sends sequences to it.
command.Options.OfType<HelpOption>().Single().Action = new HelpAction { MaxWidth = StandardStream.Output.Size?.Width ?? int.MaxValue };

var result = command.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
if (result.Errors.Count > 0)
{
    foreach (var error in result.Errors)
        StandardStream.Error.WriteLine($"{Program}: {error.Message} See {Program} --help.");

    return WatcherExitStatus.BadConfiguration;
}

var given = isControl ? [] : result.GetValue(words) ?? [];
// The argument accepts unknown options as words.
if (ProgramOptions.ProblemOf(given) is { } unknown)
{
    StandardStream.Error.WriteLine($"{Program}: {unknown} See {Program} --help.");
    return WatcherExitStatus.BadConfiguration;
}

if (given is [var first, ..] && !CommandLineSetting.IsSetting(first) && !File.Exists(first)
    && ControlCommandLine.DidYouMean(first) is { Length: > 0 } near)
{
    StandardStream.Error.WriteLine($"{Program}: {first}: there is no such file or command{near} See {Program} --help.");
    return WatcherExitStatus.BadConfiguration;
}

if (ControlCommandLine.ProblemOf(given) is { } misplaced)
{
    StandardStream.Error.WriteLine($"{Program}: {misplaced}");
    return WatcherExitStatus.BadConfiguration;
}

return await StandardStream.RunAsync(Program, async () =>
{
    // The library writes the help, and would take a failure of the output for one of its own.
    var help = new StringWriter();
    var status = await result.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null, Output = help });
    StandardStream.Output.Write(Encoding.UTF8.GetBytes(help.ToString()));
    return status;
});

static async Task<int> RunAsync(string[] arguments, bool checkOnly)
{
    var configuration = WatcherConfigurationReader.Read(arguments);
    foreach (var line in configuration.Lines)
        StandardStream.Error.WriteLine(line);

    if (configuration.Config is not { } config)
        return WatcherExitStatus.BadConfiguration;

    if (LogSetup.ProblemOf(config.Logging) is { } unwritable)
    {
        StandardStream.Error.WriteLine(unwritable);
        return WatcherExitStatus.BadConfiguration;
    }

    if (checkOnly)
    {
        foreach (var watch in config.Watches.Where(watch => watch.Path is not null))
        {
            if (FolderProblem.Of(watch.Path!) is { } problem)
                StandardStream.Error.WriteLine(SingleLine.Of($"warning: watch.{watch.Name}.path: {watch.Path}: {problem}"));
        }

        StandardStream.Output.WriteLine(ConfigJson.Indented(configuration.Tree));
        return WatcherExitStatus.Good;
    }

    if (config.IsDryRun)
    {
        var plan = new DryRun(config, TimeProvider.System);
        foreach (var line in plan.Lines())
            StandardStream.Output.WriteLine(SingleLine.Of(line));

        return plan.HasFailed ? WatcherExitStatus.Failed : WatcherExitStatus.Good;
    }

    return await LockAndWatchAsync(config, arguments);
}

static async Task<int> LockAndWatchAsync(WatcherConfig config, string[] arguments)
{
    FileStream? held = null;
    try
    {
        if (config.Lock is not null && (held = LockFile.TryHold(config.Lock)) is null)
        {
            StandardStream.Error.WriteLine($"another meeseeks-watch holds {config.Lock}: nothing to do");
            return WatcherExitStatus.Good;
        }
    }
    catch (IOException problem)
    {
        StandardStream.Error.WriteLine(problem.Message);
        return WatcherExitStatus.Failed;
    }

    await using (held)
    {
        using var logs = new LogSetup(Program);
        if (logs.Apply(config.Logging) is { } problem)
        {
            StandardStream.Error.WriteLine(problem);
            return WatcherExitStatus.BadConfiguration;
        }

        var status = await WatchAsync(config, arguments, logs);

        // The log is not what the watcher is for.
        StandardStream.Error.ForgetFault();
        return status;
    }
}

static async Task<int> WatchAsync(WatcherConfig config, string[] arguments, LogSetup logs)
{
    await using var watcher = new Watcher(config, arguments, logs, TimeProvider.System);
    using var signals = new DaemonSignals(
        () => _ = config.IsOnce ? Task.CompletedTask : watcher.ReloadAsync(), () => Environment.Exit(WatcherExitStatus.Failed));
    await watcher.StartAsync();
    using var waiting = new CancellationTokenSource();
    var ended = watcher.EndedAsync(waiting.Token);
    var first = await Task.WhenAny(ended, signals.Stop, watcher.Faulted);
    if (first == ended)
        return await ended > 0 || watcher.Faulted.IsCompleted ? WatcherExitStatus.Failed : WatcherExitStatus.Good;

    await waiting.CancelAsync();
    await watcher.StopAsync();

    // What ends by itself was stopped before all was done.
    var isUnfinished = config.IsOnce || config.Watches.All(watch => watch.Count is not null);
    return isUnfinished || watcher.Faulted.IsCompleted ? WatcherExitStatus.Failed : WatcherExitStatus.Good;
}
