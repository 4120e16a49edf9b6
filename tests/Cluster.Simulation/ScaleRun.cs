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

/// <summary>Measures the traffic and the processor time per job in a tree: all of it, and that of the master alone.</summary>
internal sealed class ScaleRun
{
    private const int Slots = 4;
    private const int NodesPerHead = 100;
    private const int JobsPerNode = 100;
    private const double JobSeconds = 1;
    private const double IdleSeconds = 60;

    private static readonly int[] Sizes = [10, 100, 1000, 10_000];

    private readonly Wire _wire = new(isText: true);
    private readonly World _world;
    private readonly Box _master;
    private readonly int _nodes;
    private readonly int _links;

    private ScaleRun(int heads, int nodes)
    {
        _world = new World(1, new LinkTiming(1, 10, 10), _wire, new Journal(isKept: false), isChecked: false) { IsMeasured = true };
        _world.Links.UsualDelay = (0.0002, 0.0005);
        (_nodes, _links) = (nodes, heads + nodes);
        _master = Build(heads, nodes);
    }

    /// <summary>Measures trees from 10 to 10,000 nodes, with heads and jobs in proportion.</summary>
    /// <returns>The exit status: 1 when a job was not done.</returns>
    public static int Run() => Run([.. Sizes.Select(nodes => (Math.Max(nodes / NodesPerHead, 1), nodes, nodes * JobsPerNode))]);

    /// <summary>Measures trees of one master with heads and nodes. All jobs are submitted at the master.</summary>
    /// <returns>The exit status: 1 when a job was not done.</returns>
    public static int Run(params (int Heads, int Nodes, int Jobs)[] trees)
    {
        Print($"{Slots} slots a node; a job of {JobSeconds} s a second and node, submitted at the master; all jobs stay in all tables");
        Print($"                          | a job:                                     | a second:                 | idle:");
        Print(
            $"heads nodes      jobs | lines copies bytes all µs master µs delay ms | ",
            $"master ms  bytes of nodes | lines a link  master ms | start");

        // The first tree is slower, because the runtime compiles meanwhile.
        var isDone = new ScaleRun(1, NodesPerHead).Measure(1, NodesPerHead * JobsPerNode, isPrinted: false);
        foreach (var (heads, nodes, jobs) in trees)
            isDone &= new ScaleRun(heads, nodes).Measure(heads, jobs, isPrinted: true);

        return isDone ? 0 : 1;
    }

    private bool Measure(int heads, int jobs, bool isPrinted)
    {
        var clock = Stopwatch.StartNew();
        _world.Agenda.Pass(20);
        var start = $"{Used() * 1000:0} ms of the master, {clock.Elapsed.TotalSeconds:0.0} s for all";

        var (done, delays) = (0, new List<double>(jobs));
        _master.Recorded = job =>
        {
            done += job.Status.State is JobState.Done ? 1 : 0;
            delays.Add(_master.Now.Wall - job.Status.EndTs!.Value);
        };
        var before = Figures.Of(this);
        SubmitNext(jobs, 0);
        var submitting = (double)jobs / _nodes;
        for (var end = _world.Agenda.Now + submitting + 600; done < jobs && _world.Agenda.Now < end;)
            _world.Agenda.Pass(1);

        var busy = Figures.Of(this) - before;
        delays.Sort();
        before = Figures.Of(this);
        _world.Agenda.Pass(IdleSeconds);
        var idle = Figures.Of(this) - before;
        if (!isPrinted)
            return done == jobs;

        Print(
            $"{heads,5} {_nodes,5} {jobs,9:N0} | {busy.Lines / (double)jobs,5:0.00} {busy.Jobs / (double)jobs,6:0.00} ",
            $"{busy.JobBytes / (double)jobs,5:0} {busy.All / jobs * 1e6,6:0} {busy.Master / jobs * 1e6,9:0} ",
            $"{delays[delays.Count / 2] * 1000,8:0.0} | {busy.Master / busy.Seconds * 1000,9:0.0} {busy.NodeBytes / busy.Seconds,15:0} | ",
            $"{idle.Lines / IdleSeconds / _links,12:0.00} {idle.Master / IdleSeconds * 1000,10:0.00} | {start}");
        return done == jobs;
    }

    private double Used() => _master.Meter.Seconds;

    private Box Build(int heads, int nodes)
    {
        var settings = new NodeSettings { Name = "", Version = "1", Expire = 1e9 };
        var pools = new Dictionary<string, PoolSettings> { ["p1"] = new() { Slots = Slots } };
        var below = Enumerable.Range(0, nodes).ToLookup(node => node % heads, node => $"n{node}");
        var master = Add("master", below.Select(head => $"h{head.Key}"), settings);
        foreach (var head in below)
        {
            _ = Add($"h{head.Key}", head, settings);
            foreach (var name in head)
                _ = Add(name, [], settings with { Pools = pools });
        }

        foreach (var box in _world.Boxes.Values)
            _world.Agenda.In(_world.Between(0, 1), box.Start);

        return master;
    }

    private Box Add(string name, IEnumerable<string> below, NodeSettings settings) =>
        _world.Add(new BoxPlan(settings with { Name = name }, [.. below]) { Checkpoint = 1e9 }, skew: 0);

    private void SubmitNext(int jobs, int number)
    {
        var seconds = JobSeconds.ToString(CultureInfo.InvariantCulture);
        using var document = JsonDocument.Parse($$"""{"id":"j{{number}}","pool":"p1","args":["work","{{seconds}}","done"]}""");
        var spec = SubmitArgument.Read(document.RootElement);
        _ = _master.Do(Turn.Own, (core, now) => core.Submit(spec, now));
        if (number + 1 < jobs)
            _world.Agenda.In(1.0 / _nodes, () => SubmitNext(jobs, number + 1));
    }

    private static void Print(params FormattableString[] parts) =>
        Console.WriteLine(string.Concat(parts.Select(part => part.ToString(CultureInfo.InvariantCulture))));

    /// <summary>What has been used so far.</summary>
    private readonly record struct Figures(
        double Seconds, long Lines, long Jobs, long JobBytes, long NodeBytes, double All, double Master)
    {
        public static Figures Of(ScaleRun run) => new(
            run._world.Agenda.Now,
            run._wire.Lines,
            run._wire.Jobs,
            run._wire.JobBytes,
            run._wire.NodeBytes,
            run._world.Boxes.Values.Sum(box => box.Meter.Seconds),
            run.Used());

        public static Figures operator -(Figures later, Figures earlier) => new(
            later.Seconds - earlier.Seconds,
            later.Lines - earlier.Lines,
            later.Jobs - earlier.Jobs,
            later.JobBytes - earlier.JobBytes,
            later.NodeBytes - earlier.NodeBytes,
            later.All - earlier.All,
            later.Master - earlier.Master);
    }
}
