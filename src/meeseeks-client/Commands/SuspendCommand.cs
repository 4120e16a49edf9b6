using MeeseeksBox.CommandLine.Invocations;

namespace MeeseeksBox.CommandLine.Commands;

/// <summary><c>suspend</c> and <c>resume</c>: stop the processes of running jobs, and continue them.</summary>
internal static class SuspendCommand
{
    public static CommandDefinition Suspend { get; } = new(
        "suspend", "Suspend running jobs: stop all their processes.", invocation => RunAsync(invocation, isSuspended: true))
    {
        Words = "JOBS",
        Help = $"""
            A suspended job has the flag S. It keeps its slot, and its runtime goes on. A kill ends it as any other job. Conditions
            select running jobs only.

            {JobCommandHelpers.SelectionHelp}

            Examples:
              meeseeks-client suspend hello
              meeseeks-client suspend pool=p1 tag=night
            """,
    };

    public static CommandDefinition Resume { get; } = new(
        "resume", "Resume suspended jobs: continue all their processes.", invocation => RunAsync(invocation, isSuspended: false))
    {
        Words = "JOBS",
        Help = $"""
            {JobCommandHelpers.SelectionHelp}

            Examples:
              meeseeks-client resume hello
              meeseeks-client resume suspended=1 tag=night
            """,
    };

    private static async Task<int> RunAsync(Invocation invocation, bool isSuspended)
    {
        JobCommandHelpers.RequireJobs(invocation.Words);
        var selection = invocation.Selection(invocation.Words);
        return isSuspended
            ? await invocation.PrintAnswerAsync(await invocation.Client.SuspendRawAsync(selection, invocation.Stop), "suspend")
            : await invocation.PrintAnswerAsync(await invocation.Client.ResumeRawAsync(selection, invocation.Stop), "resume");
    }
}
