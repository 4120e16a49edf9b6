using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Tests.Properties;

/// <summary>What a link from a node to one downstream of it does, without the wire.</summary>
/// <param name="up">The node that asks.</param>
/// <param name="down">The node that answers.</param>
internal sealed class Link(TestNode up, TestNode down)
{
    private readonly Dictionary<string, Job> _corrections = [];
    private readonly HashSet<string> _knownToDown = [];
    private long _sent;
    private long _seen;

    /// <summary>True while nothing gets through.</summary>
    public bool IsCut { get; private set; }

    public TestNode Up => up;

    public TestNode Down => down;

    /// <summary>Cuts it, or heals it: it then starts from the beginning.</summary>
    public void Cut(bool cut)
    {
        IsCut = cut;
        (_sent, _seen) = (0, 0);
    }

    /// <summary>One request and its answer.</summary>
    /// <param name="answerIsLost">The request arrives, the connection breaks before the answer does.</param>
    public void Exchange(bool answerIsLost)
    {
        if (IsCut)
        {
            return;
        }

        Job[] request = [.. up.Ledger.Newer(_sent).Where(IsForDown), .. _corrections.Values];
        _sent = up.Ledger.Seq;
        down.Merge(request);
        var answer = down.Ledger.Newer(_seen).ToArray();
        _seen = down.Ledger.Seq;
        if (answerIsLost)
        {
            Cut(false);
            return;
        }

        up.Merge(answer);
        _knownToDown.UnionWith(answer.Select(job => job.Id));
        _corrections.Clear();
        foreach (var job in up.Ledger.Corrections(answer))
        {
            _corrections[job.Id] = job;
        }

        var statuses = down.Ledger.Nodes.All.ToDictionary(node => node.Name, node => node.Status);
        statuses[down.Ledger.Settings.Name] = down.Ledger.OwnStatus(down.Now);
        up.Ledger.MergeNodes(down.Ledger.Settings.Name, statuses, up.Now);
    }

    // Whoever has told us of a job must hear how it goes on, also when that is elsewhere: its copy would never end.
    private bool IsForDown(Job job) =>
        job.Node == down.Ledger.Settings.Name || down.Ledger.Nodes.Find(job.Node!) is not null || _knownToDown.Contains(job.Id);
}
