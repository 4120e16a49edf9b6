using MeeseeksBox.Client;
using MeeseeksBox.CommandLine.Top;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Nodes;

namespace MeeseeksBox.CommandLine.Tests.Top;

/// <summary>A cluster for the live screen.</summary>
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
        new() { Id = "ok", Pool = "p", Node = "n1", State = JobState.Done, Rc = 0, Ts = 990, SubmitTs = 1, StartTs = 900, EndTs = 990, Args = ["true"] },
        new() { Id = "bad", Pool = "p", Node = "n1", State = JobState.Failed, Rc = 3, Ts = 995, SubmitTs = 2, StartTs = 900, EndTs = 903, Error = "no\nluck", Args = ["false"] },
        new() { Id = "late", Pool = "p", Node = "n1", State = JobState.Running, Active = true, SubmitTs = 3, StartTs = 935, Tags = ["x", "night"], Args = ["sleep", "9"] },
        new() { Id = "early", Pool = "wide", Node = "n1", State = JobState.Running, Active = true, SubmitTs = 4, StartTs = 100, Args = ["sleep", "99"] },
        new() { Id = "dying", Pool = "p", Node = "n1", State = JobState.Killed, Active = true, SubmitTs = 5, StartTs = 950, Args = ["sleep", "9"] },
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
}
