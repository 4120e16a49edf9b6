using MeeseeksBox.Core.Settings;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Tests.Properties;

/// <summary>Random specs, copies of jobs and settings, which may contradict each other.</summary>
internal static class RandomValues
{
    public static readonly string[] Ids = ["a", "b", "c", "d", "e"];
    public static readonly string?[] Nodes = ["n1", "n2", "n3", "n4", null];
    public static readonly string[] Pools = ["p1", "p2", "p3", "__config"];

    public static SubmitArgument Spec(Random random)
    {
        var node = random.Next(6) switch
        {
            0 => ",'node':'n1'",
            1 => ",'node':['n2','n3']",
            2 => ",'node':'n*'",
            3 => ",'node':'n4'",
            _ => "",
        };
        var state = random.Next(6) switch { 0 => ",'state':'new'", 1 => ",'state':'killed'", 2 => ",'state':'done'", _ => "" };
        var args = random.Next(8) is 0 ? "{'k':1}" : "['x']";
        return Some.Spec(
            $"{{'id':'{random.GetItems(Ids, 1)[0]}','pool':'{random.GetItems(Pools, 1)[0]}','args':{args},'hold':{random.Next(2)},"
            + $"'retries':{random.Next(3)},'restart':{random.Next(2)},'resubmit':{random.Next(2)},"
            + $"'runtime':{random.Next(30)}{node}{state}}}");
    }

    public static Job Copy(Random random) => new()
    {
        Id = random.GetItems(Ids, 1)[0],
        Spec = new()
        {
            Pool = random.GetItems(Pools, 1)[0],
            Args = ["x"],
            Hold = random.Next(3) is 0 ? true : null,
            Retries = random.Next(3),
            Restart = random.Next(4) is 0,
            Resubmit = random.Next(4) is 0 ? true : null,
            Runtime = random.Next(3) * 10,
            Tags = random.Next(2) is 0 ? [] : ["t"],
            Suspended = random.Next(3) is 0 ? true : null,
        },
        Status = new()
        {
            Node = random.GetItems(Nodes, 1)[0],
            SubmitNode = random.GetItems(Nodes, 1)[0],
            Nodes = random.Next(4) is 0 ? ["n3", "n1"] : null,
            State = (JobState)random.Next(5),
            Active = random.Next(2) is 0,
            Epoch = random.Next(3),
            SubmitTs = random.Next(5),
            StartCount = random.Next(3),
            FailCount = random.Next(3),
            StartTs = random.Next(2) is 0 ? 1 : null,
            EndTs = random.Next(2) is 0 ? 1 : null,
            Error = random.Next(3) is 0 ? "expired" : null,
        },
        Ts = 1_800_000_000 + random.Next(-50, 200),
    };

    public static NodeSettings Settings(Random random) => new()
    {
        Name = "n1",
        Expire = random.Next(3) * 20,
        ExpireActiveJobs = random.Next(4) is not 0,
        Timeout = random.Next(3) * 20,
        UseLoadavg = random.Next(3) is 0,
        WaitInPool = random.Next(2) is 0,
        Pools = Pools[..2].Where(_ => random.Next(4) is not 0).ToDictionary(pool => pool, _ => new PoolSettings
        {
            Slots = random.Next(-1, 3),
            Hold = random.Next(4) is 0,
            MaxRuntime = random.Next(2) is 0 ? null : random.Next(50),
            Update = random.Next(3) * 10,
            RestartDelay = random.Next(3),
        }),
    };
}
