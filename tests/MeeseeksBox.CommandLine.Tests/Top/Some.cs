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
        OnNode1("ok", ["true"], new() { State = JobState.Done, SubmitTs = 1, StartTs = 900, EndTs = 990, Rc = 0 }) with { Ts = 990 },
        OnNode1("bad", ["false"], new() { State = JobState.Failed, SubmitTs = 2, StartTs = 900, EndTs = 903, Rc = 3, Error = "no\nluck" })
            with { Ts = 995 },
        OnNode1("late", ["sleep", "9"], Active(JobState.Running, submitTs: 3, startTs: 935), tags: ["x", "night"]),
        OnNode1("early", ["sleep", "99"], Active(JobState.Running, submitTs: 4, startTs: 100), pool: "wide"),
        OnNode1("dying", ["sleep", "9"], Active(JobState.Killed, submitTs: 5, startTs: 950)),
        new() { Id = "second", Spec = new() { Pool = "p", Args = ["true"] }, Status = new() { State = JobState.New, SubmitTs = 7 } },
        new()
        {
            Id = "first",
            Spec = new() { Pool = "p", Hold = true, Args = ["true"] },
            Status = new() { State = JobState.New, SubmitTs = 6 },
        },
    ];

    public static TopModel Model(params Job[] jobs)
    {
        var model = new TopModel();
        model.Take(new JobUpdate(jobs.Length > 0 ? jobs : Jobs, IsSnapshot: true) { Nodes = Nodes });
        return model;
    }

    public static ConsoleKeyInfo Key(char character) => new(character, ConsoleKey.None, false, false, false);

    public static ConsoleKeyInfo Key(ConsoleKey key) => new('\0', key, false, false, false);

    private static JobStatus Active(JobState state, double submitTs, double startTs) =>
        new() { State = state, Active = true, SubmitTs = submitTs, StartTs = startTs };

    private static Job OnNode1(string id, string[] args, JobStatus status, string pool = "p", string[]? tags = null) => new()
    {
        Id = id,
        Spec = new() { Pool = pool, Args = args, Tags = tags ?? [] },
        Status = status with { Node = "n1" },
    };
}
