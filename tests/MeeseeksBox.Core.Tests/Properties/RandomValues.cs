using MeeseeksBox.Core.Settings;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Tests.Properties;

/// <summary>Specs, copies of jobs and settings of which anything may be wrong with each other.</summary>
internal static class RandomValues
{
    public static readonly string[] Ids = ["a", "b", "c", "d", "e"];
    public static readonly string?[] Nodes = ["n1", "n2", "n3", "n4", null];
    public static readonly string[] Pools = ["p1", "p2", "p3", "__config"];

    public static JobSpec Spec(Random dice)
    {
        var node = dice.Next(6) switch { 0 => ",'node':'n1'", 1 => ",'node':['n2','n3']", 2 => ",'node':'n*'", 3 => ",'node':'n4'", _ => "" };
        var state = dice.Next(6) switch { 0 => ",'state':'new'", 1 => ",'state':'killed'", 2 => ",'state':'done'", _ => "" };
        var args = dice.Next(8) is 0 ? "{'k':1}" : "['x']";
        return Some.Spec($"{{'id':'{dice.GetItems(Ids, 1)[0]}','pool':'{dice.GetItems(Pools, 1)[0]}','args':{args},'hold':{dice.Next(2)},"
            + $"'retries':{dice.Next(3)},'restart':{dice.Next(2)},'resubmit':{dice.Next(2)},'runtime':{dice.Next(30)}{node}{state}}}");
    }

    public static Job Copy(Random dice) => new()
    {
        Id = dice.GetItems(Ids, 1)[0],
        Pool = dice.GetItems(Pools, 1)[0],
        Args = ["x"],
        Node = dice.GetItems(Nodes, 1)[0],
        SubmitNode = dice.GetItems(Nodes, 1)[0],
        Nodes = dice.Next(4) is 0 ? ["n3", "n1"] : null,
        State = (JobState)dice.Next(5),
        Active = dice.Next(2) is 0,
        Epoch = dice.Next(3),
        Ts = 1_800_000_000 + dice.Next(-50, 200),
        SubmitTs = dice.Next(5),
        StartCount = dice.Next(3),
        FailCount = dice.Next(3),
        StartTs = dice.Next(2) is 0 ? 1 : null,
        EndTs = dice.Next(2) is 0 ? 1 : null,
        Error = dice.Next(3) is 0 ? "expired" : null,
        Hold = dice.Next(3) is 0 ? true : null,
        Retries = dice.Next(3),
        Restart = dice.Next(4) is 0,
        Resubmit = dice.Next(4) is 0 ? true : null,
        Runtime = dice.Next(3) * 10,
        Tags = dice.Next(2) is 0 ? [] : ["t"],
    };

    public static NodeSettings Settings(Random dice) => new()
    {
        Name = "n1",
        Expire = dice.Next(3) * 20,
        ExpireActiveJobs = dice.Next(4) is not 0,
        Timeout = dice.Next(3) * 20,
        UseLoadavg = dice.Next(3) is 0,
        WaitInPool = dice.Next(2) is 0,
        Pools = Pools[..2].Where(_ => dice.Next(4) is not 0).ToDictionary(pool => pool, _ => new PoolSettings
        {
            Slots = dice.Next(-1, 3),
            Hold = dice.Next(4) is 0,
            MaxRuntime = dice.Next(2) is 0 ? null : dice.Next(50),
            Update = dice.Next(4) is 0 ? null : dice.Next(3) * 10,
            RestartDelay = dice.Next(3),
        }),
    };
}
