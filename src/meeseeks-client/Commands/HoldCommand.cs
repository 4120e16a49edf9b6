using System.Text.Json.Nodes;
using MeeseeksBox.CommandLine.Invocations;

namespace MeeseeksBox.CommandLine.Commands;

/// <summary><c>hold</c> and <c>release</c>: <c>mod hold=1</c> and <c>mod hold=0</c>.</summary>
internal static class HoldCommand
{
    public static CommandDefinition Hold { get; } = new(
        "hold", "Hold jobs: keep them from starting.", invocation => RunAsync(invocation, hold: true))
    {
        Words = "JOBS",
        Help = $"""
            Held jobs stay queued until they are released. A running job continues.

            {JobCommandHelpers.SelectionHelp}

            Examples:
              meeseeks-client hold hello
              meeseeks-client hold pool=p1 state=new
            """,
    };

    public static CommandDefinition Release { get; } = new(
        "release", "Release held jobs: let them start.", invocation => RunAsync(invocation, hold: false))
    {
        Words = "JOBS",
        Help = $"""
            {JobCommandHelpers.SelectionHelp}

            Examples:
              meeseeks-client release hello
              meeseeks-client release hold=1 tag=night
            """,
    };

    private static Task<int> RunAsync(Invocation invocation, bool hold)
    {
        JobCommandHelpers.RequireJobs(invocation.Words);
        return ModCommand.ChangeAsync(invocation, invocation.Words, new JsonObject { ["hold"] = hold });
    }
}
