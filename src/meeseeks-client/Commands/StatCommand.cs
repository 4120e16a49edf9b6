using MeeseeksBox.CommandLine.Invocations;
using MeeseeksBox.CommandLine.Output;
using MeeseeksBox.CommandLine.Status;
using MeeseeksBox.Configuration;
using MeeseeksBox.Foundation.Time;

namespace MeeseeksBox.CommandLine.Commands;

/// <summary><c>stat</c>: shows the nodes, pools and jobs of the cluster.</summary>
internal static class StatCommand
{
    private const string ClearScreen = "\e[H\e[2J";

    public static CommandDefinition Definition { get; } = new("stat", "Show nodes, pools and jobs.", RunAsync)
    {
        Alias = "show",
        Words = "[KEY=VALUE]... [nodes] [pools] [jobs] [active] [tree]",
        Help = """
            KEY=VALUE words are conditions that select jobs, such as pool=p1 state=new,running. The other words, or their first
            letters, select what is shown:
              nodes, pools, jobs   only lines of these kinds
              active               only active jobs
              tree                 each node below the node through which it is reached
            Flags of jobs: A active, E error, H on hold, R repeating, S suspended. refresh=S shows it again every S seconds, until no
            live jobs are left.

            In a pipe, the columns are separated by tabs, as in the original. There, active omits pools without jobs, and the running
            time is that of the last report of the node.

            Examples:
              meeseeks-client refresh=2 stat
              qstat pool=p1 jobs active
            """,
    };

    private static async Task<int> RunAsync(Invocation invocation)
    {
        var view = StatusView.Read([.. invocation.Words.Where(word => !CommandLineSetting.IsSetting(word))]);
        var selection = invocation.Selection([.. invocation.Words.Where(CommandLineSetting.IsSetting)]);
        var filter = ConsoleOutput.IsTerminal ? StatusFilter.None : new StatusFilter(selection);
        selection = !ConsoleOutput.IsTerminal ? filter.Jobs
            : view.IsActiveOnly ? selection.With("active", true)
            : selection;

        var refresh = invocation.Settings.Refresh;
        while (true)
        {
            var status = await ClusterStatus.AskAsync(invocation.RefreshClient, selection, invocation.Now, invocation.Stop);
            await ShowAsync(invocation, status, view, filter);
            if (refresh is null || !status.HasLive)
                return ClientExitStatus.Good;

            await Task.Delay(refresh.Value.ForTimer(), invocation.Time, invocation.Stop);
        }
    }

    private static async Task ShowAsync(Invocation invocation, ClusterStatus status, StatusView view, StatusFilter filter)
    {
        var console = invocation.Console;
        if (ConsoleOutput.IsTerminal)
        {
            await console.Out.WriteAsync(invocation.Settings.Refresh is null ? "" : ClearScreen);
            await new StatusScreen(ConsoleOutput.Width, console.HasColor).WriteAsync(console.Out, [.. new StatusLines(status, view).All()]);
        }
        else
        {
            foreach (var line in new StatusText(status, view, filter).Lines())
                await console.Out.WriteLineAsync(line);
        }

        await console.FlushAsync(invocation.Stop);
    }
}
