using System.Globalization;
using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.WatchSimulation.Boxes;
using MeeseeksBox.WatchSimulation.Folders;
using MeeseeksBox.WatchSimulation.Model;
using Serilog.Events;

namespace MeeseeksBox.WatchSimulation.Histories;

/// <summary>A history of a real folder with real watchers, compared with the model step by step.</summary>
internal sealed class History : IDisposable
{
    private static readonly string[] Names = ["a.dat", "b.dat", "c.dat", "d.tmp"];
    private static readonly double[] Waits = [0.1, 0.6, 3, 6, 11, 61];
    private static readonly int[] Jumps = [0, 0, 3600, -3600];

    private readonly Site _site;
    private readonly Script _script;
    private readonly bool _isLogged;
    private readonly ExpectedWork _work;
    private readonly FileDeeds _files;
    private readonly Watchers _watchers;

    public History(Site site, Script script, bool isLogged)
    {
        (_site, _script, _isLogged) = (site, script, isLogged);
        _watchers = new Watchers(site, script.Rules, Submit, Tag);
        _work = new ExpectedWork(script.Rules)
        {
            Elapsed = () => _watchers.Clock.Elapsed,
            WallTime = () => _watchers.Clock.GetUtcNow(),
            FactsOf = name => FileKind.FactsOf(PathOf(name)),
            HasResult = (name, job) => ResultsOf(name).Any(file => IsOf(file, job)),
        };
        _watchers.Work = _work;
        _site.OnLog = Take;
        _work.Served = _work.Folders[0];
        _files = new FileDeeds(_work, PathOf, _site.Outside);
    }

    /// <summary>What happened, when that is logged.</summary>
    public List<string> Lines { get; } = [];

    public IReadOnlyList<string> Differences => _work.Differences;

    public int JobCount => _watchers.Box.All.Count;

    /// <summary>Runs all steps, and then all that is left to do in both folders.</summary>
    public void Run()
    {
        foreach (var step in _script.Steps)
        {
            _work.Step++;
            Log($"step {_work.Step}: {step.Deed} {step.A} {step.B}, {step.Pace}");
            Do(step);
            _watchers.Go(step.Pace, step.B % 5);
            if (_work.Differences.Count > 0)
                return;
        }

        Finish();
        if (_work.Differences.Count > 0 || !_work.Folders.Any(folder => folder != _work.Served && folder.Names.Any()))
            return;
        Swap();
        Finish();
    }

    public void Dispose()
    {
        _files.Dispose();
        _watchers.Dispose();
        _site.Clear();
        _site.OnLog = null;
    }

    private void Do(Step step)
    {
        var (name, other) = (NameOf(step.A), NameOf(step.B));
        switch (step.Deed)
        {
            case Deed.Open: _files.Open(name); break;
            case Deed.Write: _files.Write(step.A); break;
            case Deed.Close: _files.Close(step.A); break;
            case Deed.Put: _files.Put(name); break;
            case Deed.ChangeMode: _files.ChangeMode(name, step.B); break;
            case Deed.Touch: _files.Touch(name); break;
            case Deed.MoveIn: _files.MoveIn(name); break;
            case Deed.Link: _files.Link(name, other); break;
            case Deed.Rename: _files.Rename(name, other); break;
            case Deed.Delete: _files.Delete(name); break;
            case Deed.Replace:
                _files.Delete(name);
                _files.MoveIn(name);
                break;
            case Deed.PutElsewhere: _files.Put(Other[Names[step.A % Names.Length]]); break;
            case Deed.Swap: Swap(); break;
            case Deed.RemoveResult: RemoveResult(name); break;
            case Deed.Succeed: End(step.A, "done"); break;
            case Deed.Fail: End(step.A, "failed"); break;
            case Deed.KillJob: End(step.A, "killed"); break;
            case Deed.Expire: _watchers.Box.Expire(); break;
            case Deed.Start: _watchers.Start(); break;
            case Deed.Stop: _watchers.Stop(step.A); break;
            case Deed.Kill: _watchers.Kill(step.A); break;
            case Deed.KillLater: _watchers.Trap(step.A, step.B % 25); break;
            case Deed.Reload: _watchers.Reload(step.A); break;
            case Deed.Overflow: _watchers.Overflow(); break;
            case Deed.Wait: _watchers.Advance(TimeSpan.FromSeconds(Waits[step.A % Waits.Length])); break;
            case Deed.SetClock: _watchers.Clock.Jump = TimeSpan.FromSeconds(Jumps[step.A % Jumps.Length]); break;
            default: throw new InvalidOperationException($"Nobody does {step.Deed}.");
        }
    }

    private FolderState Other => _work.Folders.Single(folder => folder != _work.Served);

    private NameState NameOf(int number) => _work.Served![Names[number % Names.Length]];

    private string PathOf(NameState name) => Path.Join(name.Folder == _work.Served ? _site.Watched : _site.Other, name.Name);

    private void Swap()
    {
        _watchers.LoseSight();
        var (aside, other) = (_site.Watched + ".aside", Other);
        Directory.Move(_site.Watched, aside);
        Directory.Move(_site.Other, _site.Watched);
        Directory.Move(aside, _site.Other);
        _work.Served!.Left = _work.Step;
        _work.Served = other;
    }

    private void End(int number, string state)
    {
        var live = _watchers.Box.Jobs.Where(job => job.IsLive).ToList();
        if (live.Count > 0)
            _watchers.Box.End(live[number % live.Count], state);
    }

    private void RemoveResult(NameState name)
    {
        var had = ResultsOf(name).ToList();
        had.ForEach(File.Delete);
        if (had.Count > 0)
            _work.Forget(name);
    }

    private IEnumerable<string> ResultsOf(NameState name)
    {
        var key = new WorkKey(0, name.Name);
        var folder = Path.GetDirectoryName(PathOf(name));
        return new[] { StatusState.Done, StatusState.Failed, StatusState.Killed, StatusState.Mtime }
            .Select(state => Path.Join(folder, new StatusName("in").Of(key, state))).Where(File.Exists);
    }

    private static bool IsOf(string file, BoxJob job) =>
        File.ReadAllText(file).Contains($"\"start_ts\": {job.Start},", StringComparison.Ordinal);

    private void Submit(BoxJob job)
    {
        Log($"  watcher {job.Watcher} submits {job.Id}");
        _work.Submit(job);
    }

    private void Tag(BoxJob job, int watcher)
    {
        if (job.IsStopped)
            ExpectedWork.Stop(job);
        else if (!job.IsLive && job.IsRecorded)
            _work.Record(job, watcher);
    }

    private void Take(LogEvent logged)
    {
        if (_isLogged)
            Log($"  {logged.Level}: {logged.RenderMessage(CultureInfo.InvariantCulture)}{logged.Exception}");
        if (logged.Level >= LogEventLevel.Error)
            _work.Differences.Add($"step {_work.Step}: log: {logged.RenderMessage(CultureInfo.InvariantCulture)} {logged.Exception}");
    }

    private void Log(string line)
    {
        if (_isLogged)
            Lines.Add(line);
    }

    // Writers close, jobs end, and time passes.
    private void Finish()
    {
        _work.Step++;
        Log($"step {_work.Step}: the end in folder {_work.Served!.Number}");
        _files.CloseAll();
        _watchers.Clock.Jump = TimeSpan.Zero;
        _watchers.Finish();
        _work.Finish();
        foreach (var name in _work.Folders.SelectMany(folder => folder.Names))
            CheckResults(name);
    }

    // Results belong to the folder and the file that their jobs were submitted for.
    private void CheckResults(NameState name)
    {
        foreach (var file in ResultsOf(name).Where(file => !file.EndsWith(".mtime", StringComparison.Ordinal)))
        {
            var job = _watchers.Box.All.LastOrDefault(job => IsOf(file, job));
            if (job?.Name != name)
                _work.Differences.Add($"{file} has the result of {job?.Id}, which is for {job?.Name}");
            else if (!file.EndsWith('.' + job.State, StringComparison.Ordinal))
                _work.Differences.Add($"{file} has the result of {job.Id}, which is {job.State}");
        }
    }
}
