using MeeseeksBox.CommandLine.Options;
using MeeseeksBox.CommandLine.Output;
using MeeseeksBox.CommandLine.Status;
using MeeseeksBox.Protocol.Configuration;

namespace MeeseeksBox.CommandLine.Commands;

/// <summary><c>stat</c>: the cluster at a glance.</summary>
internal static class StatCommand
{
    private const string ClearScreen = "\e[H\e[2J";

    public static CommandDefinition Definition { get; } = new("stat", "Show nodes, pools and jobs.", RunAsync)
    {
        Alias = "show",
        Words = "[KEY=VALUE] [nodes] [pools] [jobs] [active] [tree]",
        Help = """
            KEY=VALUE words choose jobs, as for job. The other words, or their first letters, choose what is shown: nodes, pools,
            jobs, only active jobs; tree puts nodes under those that they are reached through. Flags of jobs: A active, E error, H on
            hold, R repeating. With refresh=SECONDS it is shown again and again until no jobs are left.
            Into a pipe the columns are parted by tabs, for scripts.

            Examples:
              meeseeks-client refresh=2 stat
              qstat pool=p1 jobs active
            """,
    };

    private static async Task<int> RunAsync(Invocation invocation)
    {
        var view = StatusView.Read([.. invocation.Words.Where(word => !ConfigWord.IsWord(word))]);
        var selection = JobWords.Selection([.. invocation.Words.Where(ConfigWord.IsWord)]);
        if (view.IsActiveOnly)
        {
            selection = selection.With("active", true);
        }

        var refresh = invocation.Settings.Refresh;
        var client = refresh is null ? invocation.Client : invocation.PatientClient;
        while (true)
        {
            var status = await ClusterStatus.AskAsync(client, selection, invocation.Now, invocation.Stop);
            await ShowAsync(invocation, status, view, isAgain: refresh is not null);
            if (refresh is null || !status.HasLive)
            {
                return ExitStatus.Good;
            }

            await Task.Delay(refresh.Value, invocation.Time, invocation.Stop);
        }
    }

    private static async Task ShowAsync(Invocation invocation, ClusterStatus status, StatusView view, bool isAgain)
    {
        var screen = invocation.Screen;
        var lines = new StatusLines(status, view).All();
        if (Screen.IsTerminal)
        {
            await screen.Out.WriteAsync(isAgain ? ClearScreen : "");
            await new StatusScreen(Screen.Width, screen.HasColor).WriteAsync(screen.Out, [.. lines]);
        }
        else
        {
            await StatusText.WriteAsync(screen.Out, lines);
        }

        await screen.FlushAsync(invocation.Stop);
    }
}
