using CsCheck;
using MeeseeksBox.FileWatch.Jobs;
using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Rules;
using MeeseeksBox.FileWatch.Settings;

namespace MeeseeksBox.FileWatch.Tests.Rules;

/// <summary>Properties of the planner for every watch, folder and sequence of events.</summary>
public sealed class PlannerProperties
{
    private static readonly Gen<string> Name =
        Gen.Select(Gen.Int[1, 6], Gen.Int[0, 1], OneOf("a", "b")).Select((day, part, list) => $"{day}.{part}.{list}");

    private static readonly Gen<string> SettingsText = Gen.Select(
        OneOf(
            "'glob':'*'",
            "'glob':['*.a','*.b']",
            "'glob':'*.a'",
            "'glob':['*.b','*'],'reverse':true",
            "'glob':['*.a','*.b'],'split':'.','fileset':1",
            "'glob':['*.a','*.b'],'split':'.','fileset':2",
            "'glob':['*.a','*.b'],'split':'.','fileset':2,'partial':true",
            "'glob':'*.a','split':'.','fileset':2,'skip':'b'"),
        OneOf(
            Some.Jobs(1),
            Some.Jobs(2),
            Some.Jobs(3),
            "'jobs':[[{'pool':'x','args':['x']},{'pool':'y','args':['y']}],null,{'pool':'z','args':['z']}]",
            "'jobs':[[{'pool':'x','args':['x']},null]]"),
        OneOf("", ",'run_all':false", ",'retry':false", ",'max_index':1", ",'updated':true"))
        .Select((lists, jobs, rest) => $"{lists},{jobs}{rest}");

    private static readonly Gen<WatchSettings> Settings = SettingsText.Select(Some.Watch);

    [Fact]
    public void The_order_of_discovery_does_not_matter()
    {
        Gen.Select(Settings, Name.HashSet[0, 12], Gen.Int).Sample((settings, names, seed) =>
        {
            var files = names.Order(StringComparer.Ordinal).ToArray();
            var shuffled = files.ToArray();
            new Random(seed).Shuffle(shuffled);

            return Due(settings, files).SequenceEqual(Due(settings, shuffled));
        });
    }

    [Fact]
    public void No_job_is_due_twice_for_the_same_file_and_index()
    {
        Gen.Select(Settings, Name.HashSet[0, 12]).Sample((settings, names) =>
            Due(settings, [.. names]).Length == Due(settings, [.. names]).Distinct().Count());
    }

    [Fact]
    public void Two_work_items_never_have_the_same_id()
    {
        var odd = OneOf("_", ".", " ", "%", "\n", "0", "a", "é").Array[1, 5].Select(string.Concat);

        Gen.Select(odd.HashSet[2, 6], Gen.Int[0, 3]).Sample((names, index) =>
        {
            var settings = Some.Watch();
            var template = settings.Jobs[0].For(0)!;
            var items = names.Select(name => new WorkItem { Template = template, Index = index, FileName = name });
            var ids = items.Select(work => WorkId.Of("host", settings, work, null, 0));
            return ids.Distinct().Count() == names.Count;
        });
    }

    [Fact]
    public void Crashes_of_the_watcher_lose_nothing_and_run_nothing_twice()
    {
        Gen.Select(Settings, Gen.Int, Gen.Int[0, 120]).Sample((settings, seed, steps) =>
        {
            var course = new Course(settings, new Random(seed));
            for (var step = 0; step < steps; step++)
                course.Step();
            course.RunToEnd();

            return course.Faults.Count == 0
                ? true
                : throw new InvalidOperationException(string.Join('\n', course.Faults.Concat(course.Log)));
        });
    }

    [Fact]
    public void Finished_files_do_not_change_the_next_plan()
    {
        var settings = Gen.Select(SettingsText, OneOf("", ",'min_age':20", ",'max_age':60", ",'run_all':false,'updated':true"))
            .Select((watch, more) => Some.Watch(watch.Contains("run_all") || watch.Contains("updated") ? watch : watch + more));

        Gen.Select(settings, Gen.Int, Gen.Int[1, 300]).Sample((watch, seed, steps) =>
        {
            var (random, now) = (new Random(seed), Scene.Now);
            var most = random.Next(3) is 0 ? random.Next(1, 4) : int.MaxValue;
            var files = new SortedFileList([], blockSize: random.Next(1, 4));
            var (status, inFlight) = (new StatusTable(setKeyOf: watch.SetKeyOf), new Dictionary<WorkKey, WorkItem>());
            for (var step = 0; step < steps; step++)
            {
                now += TimeSpan.TicksPerSecond * random.Next(8);
                string? name = $"{random.Next(1, 5)}.{random.Next(2)}.{(random.Next(2) is 0 ? 'a' : 'b')}";
                switch (random.Next(7))
                {
                    case 0:
                        _ = files.Put(new WatchedFile(name, now));
                        break;
                    case 1:
                        _ = files.Remove(name);
                        break;
                    case 2 or 3 when inFlight.Count > 0:
                        name = End(status, inFlight, watch, random, now);
                        break;
                    case 4:
                        name = null;
                        break;
                    default:
                        Change(status, new WorkKey(random.Next(3), name), random, now);
                        break;
                }

                foreach (var other in files.Where(other => name is not null && IsSameGroup(watch, other.Name, name)).ToList())
                    _ = files.Put(other with { FinishedInList = null });

                var plan = PlanOf(files);
                var whole = PlanOf([.. files.Select(file => file with { FinishedInList = null })]);
                Lines(plan).Should().Equal(Lines(whole));
                foreach (var (position, list) in plan.Finished)
                    files.ReplaceAt(position, files[position] with { FinishedInList = list });
                foreach (var work in plan.Due.Where(_ => random.Next(2) is 0))
                    inFlight.Add(work.Key, work);

                Plan PlanOf(IReadOnlyList<WatchedFile> all) => Planner.Of(
                    watch,
                    FolderSnapshot.OfSorted(all, status),
                    inFlight.Keys.ToHashSet(),
                    now,
                    limit: new JobLimit(most, _ => false, (index, list) => SubmittedOf(inFlight, index, list)));
            }
        });
    }

    private static string End(StatusTable status, Dictionary<WorkKey, WorkItem> inFlight, WatchSettings watch, Random random, long now)
    {
        var (key, work) = inFlight.ElementAt(random.Next(inFlight.Count));
        _ = inFlight.Remove(key);
        status.Add(key, random.Next(4) is 0 ? StatusState.Failed : StatusState.Done, now);
        if (watch.IsUpdated && work.Mtime is { } mtime)
            status.Add(new WorkKey(0, key.FileName), StatusState.Mtime, mtime);
        return key.FileName;
    }

    private static void Change(StatusTable status, WorkKey key, Random random, long now)
    {
        var state = (StatusState)random.Next(Enum.GetValues<StatusState>().Length);
        if (random.Next(3) is 0)
            status.Remove(key, state);
        else
            status.Add(key, state, now);
    }

    private static bool IsSameGroup(WatchSettings watch, string file, string other) =>
        file == other || (watch.Fileset > 0 && watch.SetKeyOf(file) == watch.SetKeyOf(other));

    private static string[] Lines(Plan plan) =>
    [
        .. plan.Due.Select(work => $"due {work.Key}"),
        .. plan.Marks.Select(key => $"mark {key}"),
        .. plan.Notes.Select(note => $"note {note}"),
        $"next {plan.NextDue}",
    ];

    private static int SubmittedOf(Dictionary<WorkKey, WorkItem> inFlight, int index, int list) =>
        inFlight.Values.Count(work => (work.Index, work.List) == (index, list));

    private static Gen<string> OneOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(place => texts[place]);

    private static WorkKey[] Due(WatchSettings settings, string[] names)
    {
        var folder = new FolderSnapshot([.. names.Select(name => new WatchedFile(name))], new StatusTable());
        return [.. Planner.Of(settings, folder, new HashSet<WorkKey>(), 0).Due.Select(work => work.Key)];
    }
}
