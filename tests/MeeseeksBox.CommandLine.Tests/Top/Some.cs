using MeeseeksBox.Client;
using MeeseeksBox.CommandLine.Top;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Nodes;

namespace MeeseeksBox.CommandLine.Tests.Top;

/// <summary>Test data for the live screen.</summary>
internal static class Some
{
    public static DateTimeOffset Now { get; } = DateTimeOffset.FromUnixTimeSeconds(1000);

    public static IReadOnlyDictionary<string, NodeStatus> Nodes { get; } = new Dictionary<string, NodeStatus>
    {
        ["n2"] = new() { Online = false, Pools = { ["p"] = new(2) } },
        ["n1"] = new() { Online = true, Loadavg = 1.5, Pools = { ["p"] = new(4), ["wide"] = SlotCount.Unlimited, ["gone"] = new(-1) } },
    };

    public static Job[] Jobs { get; } =
    [
        OnNode1("ok", JobState.Done, submitTs: 1, startTs: 900, "true") with { Rc = 0, Ts = 990, EndTs = 990 },
        OnNode1("bad", JobState.Failed, submitTs: 2, startTs: 900, "false") with { Rc = 3, Ts = 995, EndTs = 903, Error = "no\nluck" },
        OnNode1("late", JobState.Running, submitTs: 3, startTs: 935, "sleep", "9") with { Active = true, Tags = ["x", "night"] },
        OnNode1("early", JobState.Running, submitTs: 4, startTs: 100, "sleep", "99") with { Active = true, Pool = "wide" },
        OnNode1("dying", JobState.Killed, submitTs: 5, startTs: 950, "sleep", "9") with { Active = true },
        new() { Id = "second", Pool = "p", State = JobState.New, SubmitTs = 7, Args = ["true"] },
        new() { Id = "first", Pool = "p", State = JobState.New, SubmitTs = 6, Hold = true, Args = ["true"] },
    ];

    public static TopModel Model(params Job[] jobs)
    {
        var model = new TopModel();
        model.Take(new JobUpdate(jobs.Length > 0 ? jobs : Jobs, IsSnapshot: true) { Nodes = Nodes });
        return model;
    }

    public static ConsoleKeyInfo Key(char character) => new(character, ConsoleKey.None, false, false, false);

    public static ConsoleKeyInfo Key(ConsoleKey key) => new('\0', key, false, false, false);

    private static Job OnNode1(string id, JobState state, double submitTs, double startTs, params string[] args) =>
        new() { Id = id, Pool = "p", Node = "n1", State = state, SubmitTs = submitTs, StartTs = startTs, Args = [.. args] };
}
