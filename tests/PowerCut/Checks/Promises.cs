using System.Globalization;
using System.Text.Json;

namespace MeeseeksBox.PowerCut.Checks;

/// <summary>What the box has answered so far, and what it has let its runner forget.</summary>
internal sealed class Promises
{
    private readonly HashSet<string> _known = [];
    private readonly HashSet<string> _killed = [];
    private readonly Dictionary<string, int> _versions = [];
    private readonly Dictionary<string, HashSet<string>> _forgotten = [];
    private readonly Dictionary<string, string> _jobs = [];
    private readonly HashSet<string> _ended = [];

    /// <summary>Number of promises.</summary>
    public int Count { get; private set; }

    /// <summary>Number of answers with a promise.</summary>
    public int Answers { get; private set; }

    /// <summary>Number of runs that the runner was told to forget.</summary>
    public int Forgotten => _forgotten.Values.Sum(runs => runs.Count);

    /// <summary>The version of a job, which is its tag: each change has the next one.</summary>
    public static string TagOf(int version) => string.Create(CultureInfo.InvariantCulture, $"v{version}");

    /// <summary>Notes an answer to a client.</summary>
    /// <returns>Whether it has a new promise.</returns>
    public bool Answer(string line)
    {
        var before = Count;
        foreach (var answer in JsonElement.Parse(line).EnumerateArray().SelectMany(element => element.EnumerateObject()))
        {
            if (answer.Name is "submit" or "modify" or "suspend")
            {
                foreach (var job in answer.Value.EnumerateObject().Where(job => job.Value.ValueKind is JsonValueKind.Object))
                    Note(job.Name, job.Value);
            }
            else if (answer.Name is "kill" && answer.Value.ValueKind is JsonValueKind.Object)
            {
                Note(answer.Value.GetProperty("id").GetString()!, answer.Value);
            }
        }

        Answers += Count > before ? 1 : 0;
        return Count > before;
    }

    /// <summary>Notes a line to the runner, or of it. A run that it has refused has no end.</summary>
    /// <returns>Whether it has a new promise.</returns>
    public bool Order(string line)
    {
        var words = line.Split(' ');
        const string id = "env=MEESEEKS_JOB_ID=";
        if (words is ["start", var started, ..] && words.FirstOrDefault(word => word.StartsWith(id, StringComparison.Ordinal)) is { } job)
        {
            _jobs[started] = job[id.Length..];
        }
        else if (words is ["ended", var over, ..])
        {
            _ = _ended.Add(over);
        }
        else if (words is ["forget", var run] && _ended.Contains(run) && _jobs.TryGetValue(run, out var ended))
        {
            if (!(_forgotten.TryGetValue(ended, out var runs) ? runs : _forgotten[ended] = []).Add(run))
                return false;
            Count++;
            return true;
        }

        return false;
    }

    /// <summary>Finds what is broken.</summary>
    /// <remarks>The runner forgets a run when its end is in the journal. That need not be on disk: without power the runner ends.</remarks>
    /// <param name="jobs">The jobs after the cut.</param>
    /// <param name="isCrash">Whether the disk has lost nothing, as in a crash of the box.</param>
    public IEnumerable<string> Broken(IReadOnlyDictionary<string, StoredResult> jobs, bool isCrash)
    {
        foreach (var id in _known.Where(id => !jobs.ContainsKey(id)))
            yield return $"the answered submit of {id} is lost";
        foreach (var id in _killed.Where(id => jobs.TryGetValue(id, out var job) && job.State is not "killed"))
            yield return $"the answered kill of {id} is lost: {jobs[id]}";
        foreach (var (id, version) in _versions)
        {
            if (jobs.TryGetValue(id, out var job) && job.Version < version)
                yield return $"the answered change {version} of {id} is lost: {job}";
        }

        foreach (var (id, runs) in isCrash ? _forgotten : [])
        {
            if (jobs.TryGetValue(id, out var job) && job.Ends < runs.Count)
                yield return $"an end of {id} is lost, of which the runner has forgotten {runs.Count} runs: {job}";
        }
    }

    private void Note(string id, JsonElement job)
    {
        Count += _known.Add(id) ? 1 : 0;
        if (job.GetProperty("state").ValueEquals("killed"))
            Count += _killed.Add(id) ? 1 : 0;
        var version = StoredResult.VersionOf(job.GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()));
        if (version > _versions.GetValueOrDefault(id))
        {
            _versions[id] = version;
            Count++;
        }
    }
}
