using CsCheck;
using MeeseeksBox.Watch.Jobs;
using MeeseeksBox.Watch.Names;
using MeeseeksBox.Watch.Rules;
using MeeseeksBox.Watch.Settings;

namespace MeeseeksBox.Watch.Tests.Rules;

/// <summary>What holds for every watch, folder and course of events.</summary>
public sealed class PlanningProperties
{
    private static readonly Gen<string> Name =
        Gen.Select(Gen.Int[1, 6], Gen.Int[0, 1], OneOf("a", "b")).Select((day, part, list) => $"{day}.{part}.{list}");

    private static readonly Gen<WatchSettings> Settings = Gen.Select(
        OneOf("'glob':'*'", "'glob':['*.a','*.b']", "'glob':['*.b','*'],'reverse':true", "'glob':['*.a','*.b'],'split':'.','fileset':1", "'glob':['*.a','*.b'],'split':'.','fileset':2"),
        OneOf(Some.Jobs(1), Some.Jobs(2), Some.Jobs(3), "'jobs':[[{'pool':'x','args':['x']},{'pool':'y','args':['y']}],null,{'pool':'z','args':['z']}]", "'jobs':[[{'pool':'x','args':['x']},null]]"),
        OneOf("", ",'run_all':false", ",'retry':false", ",'max_index':1", ",'updated':true"))
        .Select((lists, jobs, rest) => Some.Watch($"{lists},{jobs}{rest}"));

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
        Gen.Select(Settings, Name.HashSet[0, 12]).Sample((settings, names) => Due(settings, [.. names]).Length == Due(settings, [.. names]).Distinct().Count());
    }

    [Fact]
    public void Two_works_never_have_the_same_id()
    {
        var odd = OneOf("_", ".", " ", "%", "\n", "0", "a", "é").Array[1, 5].Select(string.Concat);

        Gen.Select(odd.HashSet[2, 6], Gen.Int[0, 3]).Sample((names, index) =>
        {
            var settings = Some.Watch();
            var ids = names.Select(name => WorkId.Of("host", settings, new Work { Template = settings.Jobs[0].For(0)!, Index = index, FileName = name }, null, 0));
            return ids.Distinct().Count() == names.Count;
        });
    }

    [Fact]
    public void However_often_the_watcher_dies_nothing_is_lost_and_nothing_runs_twice()
    {
        Gen.Select(Settings, Gen.Int, Gen.Int[0, 120]).Sample((settings, seed, steps) =>
        {
            var course = new Course(settings, new Random(seed));
            for (var step = 0; step < steps; step++)
                course.Step();
            course.ComeToRest();

            return course.Faults.Count == 0 ? true : throw new InvalidOperationException(string.Join('\n', course.Faults.Concat(course.Log)));
        });
    }

    private static Gen<string> OneOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(place => texts[place]);

    private static WorkKey[] Due(WatchSettings settings, string[] names) =>
        [.. Planning.Of(settings, new FolderSnapshot([.. names.Select(name => new WatchedFile(name))], new StatusTable()), new HashSet<WorkKey>(), 0).Due.Select(work => work.Key)];
}
