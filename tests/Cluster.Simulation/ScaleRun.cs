using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using MeeseeksBox.Core.Replication;
using MeeseeksBox.Core.Settings;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Simulation.Boxes;
using MeeseeksBox.Simulation.Checks;
using MeeseeksBox.Simulation.Network;

namespace MeeseeksBox.Simulation;

/// <summary>Measures the traffic and the processor time per job in a large tree.</summary>
internal static class ScaleRun
{
    private const int Slots = 4;
    private const double JobsPerSecond = 1000;
    private const double JobSeconds = 1;

    /// <summary>Runs a tree of one master with heads and nodes, and submits all jobs at the master.</summary>
    /// <returns>The exit status: 1 when a job was not done.</returns>
    public static int Run(int heads, int nodes, int jobs)
    {
        var clock = Stopwatch.StartNew();
        var wire = new Wire(isWritten: true, isRead: false);
        var world = new World(1, new LinkTiming(1, 10, 10), wire, new Journal(isKept: false), isChecked: false);
        world.Links.UsualDelay = (0.0002, 0.0005);
        var master = Build(world, heads, nodes);
        world.Agenda.Pass(20);
        var building = wire.Lines;
        Print($"1 master, {heads} heads, {nodes} nodes with {Slots} slots each; connected after {building:N0} lines ",
            $"and {clock.Elapsed.TotalSeconds:0.0} s of real time");

        var (done, delays) = (0, new List<double>(jobs));
        master.Recorded = job =>
        {
            done += job.Status.State is JobState.Done ? 1 : 0;
            delays.Add(master.Now.Wall - job.Status.EndTs!.Value);
        };
        var usedBefore = Environment.CpuUsage.TotalTime;
        var began = world.Agenda.Now;
        for (var number = 0; number < jobs; number++)
        {
            var id = $"j{number}";
            world.Agenda.In(number / JobsPerSecond, () => Submit(master, id));
        }

        while (done < jobs && world.Agenda.Now - began < (jobs / JobsPerSecond) + 600)
            world.Agenda.Pass(1);

        delays.Sort();
        var used = (Environment.CpuUsage.TotalTime - usedBefore).TotalSeconds;
        var lines = wire.Lines - building;
        Print($"{done:N0} of {jobs:N0} jobs done, {JobsPerSecond:0} submitted per second at the master, {JobSeconds} s each; ",
            $"{world.Agenda.Now - began:0} s of virtual time, {used:0.0} s of processor time");
        Print($"per job: {lines / (double)jobs:0.00} lines, {wire.Jobs / (double)jobs:0.00} copies of jobs ",
            $"of {wire.Bytes / (double)jobs:0} bytes, {used / jobs * 1e6:0} µs of processor time for all cores and the serialization");
        Print($"delay from the end of a job to the master: median {delays[delays.Count / 2] * 1000:0.0} ms, ",
            $"99th percentile {delays[delays.Count * 99 / 100] * 1000:0.0} ms, over a network of 0.2 to 1 ms");
        lines = wire.Lines;
        world.Agenda.Pass(60);
        Print($"idle: {(wire.Lines - lines) / 60.0 / (heads + nodes):0.00} lines per second and link");
        return done == jobs ? 0 : 1;
    }

    private static Box Build(World world, int heads, int nodes)
    {
        var settings = new NodeSettings { Name = "", Version = "1" };
        var pools = new Dictionary<string, PoolSettings> { ["p1"] = new() { Slots = Slots } };
        var below = Enumerable.Range(0, heads).ToDictionary(
            head => head, head => Enumerable.Range(0, nodes).Where(node => node % heads == head).Select(node => $"n{node}").ToArray());
        var master = world.Add(new BoxPlan(settings with { Name = "master" }, [.. below.Keys.Select(head => $"h{head}")]), skew: 0);
        foreach (var (head, names) in below)
        {
            _ = world.Add(new BoxPlan(settings with { Name = $"h{head}" }, names), skew: 0);
            foreach (var name in names)
                _ = world.Add(new BoxPlan(settings with { Name = name, Pools = pools }, []), skew: 0);
        }

        foreach (var box in world.Boxes.Values)
            world.Agenda.In(world.Between(0, 1), box.Start);

        return master;
    }

    private static void Submit(Box master, string id)
    {
        var seconds = JobSeconds.ToString(CultureInfo.InvariantCulture);
        using var document = JsonDocument.Parse($$"""{"id":"{{id}}","pool":"p1","args":["work","{{seconds}}","done"]}""");
        var spec = SubmitArgument.Read(document.RootElement);
        _ = master.Do(Turn.Own, (core, now) => core.Submit(spec, now));
    }

    private static void Print(params FormattableString[] parts) =>
        Console.WriteLine(string.Concat(parts.Select(part => part.ToString(CultureInfo.InvariantCulture))));
}
