using System.Globalization;
using System.Text.RegularExpressions;
using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.Testing;

namespace MeeseeksBox.Agent.Tests.Pools.Processes;

// docs/RUNNER.md#loop
public sealed partial class ChildrenTests
{
    // A thread that does not would take it from the descriptor, and ends of processes would be lost.
    [Fact]
    public async Task Every_thread_of_the_runner_blocks_the_signal_of_its_children()
    {
        var (job, said) = await StartAsync("echo $PPID; exec sleep 1000");
        await using (job)
        {
            // A thread may end meanwhile.
            ulong[] masks =
            [
                .. Directory.GetDirectories($"/proc/{said}/task")
                    .Select(thread => Blocked().Match(TextOf($"{thread}/status")))
                    .Where(match => match.Success)
                    .Select(match => ulong.Parse(match.Groups[1].Value, NumberStyles.HexNumber)),
            ];

            masks.Should().HaveCountGreaterThan(1).And.OnlyContain(mask => (mask & (1UL << (SignalNumber.Child - 1))) != 0);
        }
    }

    [Fact]
    public async Task Processes_whose_parents_have_ended_leave_no_zombies()
    {
        var (job, said) = await StartAsync("for i in $(seq 200); do (true &); done; (setsid sleep 0.2 &); echo $PPID; exec sleep 1000");
        await using (job)
        {
            string[] Zombies() =>
            [
                .. Directory.GetDirectories("/proc", "?*")
                    .Select(process => TextOf($"{process}/stat"))
                    .Where(stat => stat.Contains($") Z {said} ")),
            ];

            await Wait.Until(() => Zombies().Length is 0, () => string.Join('\n', Zombies()), TestContext.Current.CancellationToken);
        }
    }

    private static string TextOf(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static Task<(RunningJob Job, string Said)> StartAsync(string script) =>
        RunningJob.StartAsync(Some.Job("/bin/sh", "-c", script), TestContext.Current.CancellationToken);

    [GeneratedRegex("SigBlk:\t([0-9a-f]+)")]
    private static partial Regex Blocked();
}
