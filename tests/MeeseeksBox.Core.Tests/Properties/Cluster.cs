using MeeseeksBox.Core.Runs;
using MeeseeksBox.Core.Settings;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Tests.Properties;

/// <summary>
/// A cluster of a master, one or two heads and two nodes with pools. Each node has its own clock, and each link may be cut.
/// Records every start of a job.
/// </summary>
internal sealed class Cluster
{
    private static readonly string[] Ids = ["a", "b", "c"];

    private readonly List<TestNode> _nodes = [];
    private readonly List<Link> _links = [];
    private readonly List<(TestNode Node, Run Run)> _runs = [];
    private readonly List<string> _log = [];
    private readonly Dictionary<string, long> _loggedSeq = [];
    private readonly HashSet<(string Id, int Epoch)> _killed = [];
    private readonly HashSet<(string Id, int Epoch)> _survivors = [];
    private readonly Dictionary<(string Id, int Epoch), List<string>> _starts = [];
    private readonly Dictionary<(string Id, int Epoch), int> _restarts = [];

    /// <param name="heads">The number of heads, each of which reaches both nodes.</param>
    /// <param name="expire">The seconds after which heads presume jobs lost. Nodes keep ended jobs for longer than any test.</param>
    /// <param name="skews">The offsets of the clocks in seconds.</param>
    public Cluster(int heads, double expire, int[] skews)
    {
        var settings = new NodeSettings { Name = "", Expire = expire, Timeout = 20 };
        var master = Add(settings with { Name = "master" }, skews[0]);
        var below = Enumerable.Range(1, heads).Select(number => Add(settings with { Name = $"head{number}" }, skews[number])).ToArray();
        var pools = Some.Node().WithPool("p1", new PoolSettings { Slots = 2, Update = 5 }).Pools;
        var bottom = Enumerable.Range(1, 2)
            .Select(number => Add(settings with { Name = $"n{number}", Expire = 1e6, Pools = pools }, skews[number + 2])).ToArray();
        _links.AddRange(below.SelectMany(head => bottom.Select(node => new Link(head, node))));
        _links.AddRange(below.Select(head => new Link(master, head)));
        ExchangeAll();
        ExchangeAll();
    }

    /// <summary>The nodes of all starts, by id and epoch of the job.</summary>
    public IReadOnlyDictionary<(string Id, int Epoch), List<string>> Starts => _starts;

    /// <summary>How often an epoch was begun by a manual restart: more than once where nodes did not reach each other.</summary>
    public int RestartsTo((string Id, int Epoch) job) => _restarts.GetValueOrDefault(job);

    /// <summary>Killed jobs that still ran after the kill had the time to reach all nodes.</summary>
    public IReadOnlyCollection<(string Id, int Epoch)> Survivors => _survivors;

    /// <summary>The log of all steps, for the message of a failure.</summary>
    public string Log => string.Join('\n', _log);

    /// <summary>For each job, the nodes that have it, and their copies.</summary>
    public IEnumerable<(TestNode Node, Job Job)[]> CopiesOfEach => Ids.Select(id =>
        _nodes.Where(node => node.Core.Find(id) is not null).Select(node => (node, node.Core.Find(id)!)).ToArray());

    /// <summary>Runs one operation, chosen by its number and a seed.</summary>
    public void Step(int kind, int seed)
    {
        var random = new Random(seed);
        var node = _nodes[random.Next(_nodes.Count)];
        var id = Ids[random.Next(Ids.Length)];
        switch (kind)
        {
            case 0 or 1:
                Submit(node, id, random);
                break;
            case 2 when node.Core.Find(id) is not null:
                // A node that does not reach the node of the job ends its own copy only; such a kill need not reach the run.
                if (node.Kill(id)?.Status is { State: JobState.Killed } killed && (killed.Active || killed.Node == node.Core.Settings.Name))
                    _ = _killed.Add((id, killed.Epoch));

                break;
            case 3 when node.Core.Find(id) is { IsLive: true }:
                _ = node.Submit($"{{'id':'{id}','tags':['t{seed}']}}");
                break;
            case 4:
                var cut = _links[random.Next(_links.Count)];
                cut.Cut(!cut.IsCut);
                break;
            case 5 or 6 or 7:
                _links[random.Next(_links.Count)].Exchange(answerIsLost: random.Next(5) is 0);
                break;
            case 8:
                Pass(random.Next(1, 8));
                break;
            case 9 or 10:
                StartAll();
                break;
            case 11 when _runs.Count > 0:
                EndOne(random);
                break;
            case 12 when node.Core.Find(id) is { HasEnded: true }:
                _ = node.Submit($"{{'id':'{id}','state':'new'}}");
                var restarted = (id, node.Core.Find(id)!.Status.Epoch);
                _restarts[restarted] = _restarts.GetValueOrDefault(restarted) + 1;
                break;
            default:
                ExchangeAll();
                break;
        }

        LogStep(kind, node);
    }

    /// <summary>Heals all links, ends every run, and exchanges all changes.</summary>
    public void RunToIdle()
    {
        foreach (var link in _links)
            link.Cut(false);

        for (var round = 0; round < 20; round++)
        {
            EndStopped();
            ExchangeAll();
            StartAll();
            if (round > 3 && _runs.Count > 0)
            {
                _survivors.UnionWith(_runs.Where(run => run.Run.Stop is StopReason.None).Select(run => run.Node[run.Run.Job.Id])
                    .Select(job => (job.Id, job.Status.Epoch)).Intersect(_killed));
                EndOne(new Random(round));
            }

            Pass(2);
            LogStep(99, _nodes[0]);
        }
    }

    private TestNode Add(NodeSettings settings, double skew)
    {
        var node = new TestNode(settings, new Clock(1_800_000_000 + skew), seed: _nodes.Count);
        _nodes.Add(node);
        return node;
    }

    private void Submit(TestNode node, string id, Random random)
    {
        // Clients must not reuse an id that is still in the cluster: the outcome of a reuse is undefined.
        if (_nodes.Any(other => other.Core.Find(id) is not null))
            return;

        var target = random.Next(4) switch { 0 => ",'node':'n1'", 1 => ",'node':'n2'", _ => "" };
        _ = node.Submit($"{{'id':'{id}','pool':'p1','args':['x'],'retries':{random.Next(2)}{target}}}");
    }

    private void ExchangeAll()
    {
        foreach (var link in _links)
            link.Exchange(answerIsLost: false);
    }

    private void Pass(double seconds)
    {
        foreach (var node in _nodes)
            node.Pass(seconds);
    }

    private void StartAll()
    {
        foreach (var node in _nodes)
        {
            while (node.Core.ClaimNext("p1", node.Now) is { } run)
            {
                var job = node[run.Job.Id];
                node.Core.Started(run, 1, node.Now);
                _runs.Add((node, run));
                if (!_starts.TryGetValue((job.Id, job.Status.Epoch), out var starts))
                {
                    starts = [];
                    _starts.Add((job.Id, job.Status.Epoch), starts);
                }

                starts.Add(node.Core.Settings.Name);
            }
        }
    }

    private void EndStopped()
    {
        foreach (var (node, run) in _runs.Where(run => run.Run.Stop is not StopReason.None).ToArray())
        {
            node.End(run, rc: -9);
            _ = _runs.Remove((node, run));
        }
    }

    private void EndOne(Random random)
    {
        var (node, run) = _runs[random.Next(_runs.Count)];
        node.End(run, run.Stop is not StopReason.None ? -9 : random.Next(2));
        _ = _runs.Remove((node, run));
    }

    private void LogStep(int kind, TestNode node)
    {
        var cuts = _links.Where(link => link.IsCut).Select(link => $"{link.Up.Core.Settings.Name}-{link.Down.Core.Settings.Name}");
        _log.Add($"{kind} at {node.Core.Settings.Name}, cut: {string.Join(' ', cuts)}");
        foreach (var each in _nodes)
        {
            var name = each.Core.Settings.Name;
            _log.AddRange(each.Core.ChangesSince(_loggedSeq.GetValueOrDefault(name)).Select(job => $"  {name}: {Show(job)}"));
            _loggedSeq[name] = each.Core.Seq;
        }
    }

    private static string Show(Job job) =>
        $"{job.Id} {job.Status.Epoch} {job.Status.State} active={job.Status.Active} node={job.Status.Node} "
        + $"starts={job.Status.StartCount} ts={job.Ts:R} tags={string.Join(',', job.Spec.Tags)} {job.Status.Error}";
}
