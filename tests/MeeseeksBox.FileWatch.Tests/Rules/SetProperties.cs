using CsCheck;
using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Rules;

namespace MeeseeksBox.FileWatch.Tests.Rules;

/// <summary>Each set runs exactly once, in every sequence of arrivals, second deliveries, restarts and times.</summary>
public sealed class SetProperties
{
    private const string Sets = "'glob':['*.a','*.b'],'split':'.','fileset':1,'jobs':[{'pool':'p','args':['x']}]";

    [Theory]
    [InlineData("")]
    [InlineData(",'partial':true")]
    [InlineData(",'set_timeout':20")]
    [InlineData(",'set_timeout':20,'set_required':1")]
    [InlineData(",'set_timeout':20,'set_required':[]")]
    [InlineData(",'reverse':true")]
    public void Each_set_runs_once(string more)
    {
        var watch = Some.Watch(Sets + more);
        Gen.Select(Gen.Int, Gen.Int[1, 80]).Sample((seed, steps) =>
        {
            var (random, now, history) = (new Random(seed), Scene.Now, new SetHistory());
            var files = new SortedList<string, WatchedFile>(ByteOrder.Instance);
            var (status, inFlight) = (new StatusTable(setKeyOf: watch.SetKeyOf), new HashSet<WorkKey>());
            var (runs, present) = (new List<string>(), new Dictionary<string, (bool First, bool Second, long Since)>());
            for (var step = 0; step < steps + 20; step++)
            {
                now += TimeSpan.TicksPerSecond * random.Next(1, 10);
                if (step < steps && random.Next(2) is 0)
                {
                    var name = $"{random.Next(1, 4)}.{random.Next(4)}.{(random.Next(2) is 0 ? 'a' : 'b')}";
                    if (files.TryAdd(name, new WatchedFile(name)))
                        history.AddArrival(name);
                    var (first, second, since) = present.GetValueOrDefault(name[..1], (false, false, now));
                    present[name[..1]] = (first || name.EndsWith('a'), second || name.EndsWith('b'), since);
                    ClearFinished(name);
                }

                if (inFlight.Count == 0 && random.Next(8) is 0)
                    history = new SetHistory(name => present[name[..1]].Since);
                if (inFlight.Count > 0 && random.Next(2) is 0)
                {
                    var ended = inFlight.ElementAt(random.Next(inFlight.Count));
                    _ = inFlight.Remove(ended);
                    status.Add(ended, random.Next(5) is 0 ? StatusState.Killed : StatusState.Done, now);
                    ClearFinished(ended.FileName);
                }

                var plan = Planner.Of(watch, FolderSnapshot.OfSorted([.. files.Values], status, sets: history), inFlight, now);
                history.Keep(plan);
                foreach (var (position, list) in plan.Finished)
                    files.SetValueAtIndex(position, files.GetValueAtIndex(position) with { FinishedInList = list });
                runs.AddRange(plan.Due.Select(work => work.FileName![..1]));
                inFlight.UnionWith(plan.Due.Select(work => work.Key));
            }

            var expected = present.Where(set => IsExpected(more, set.Value.First, set.Value.Second)).Select(set => set.Key);
            runs.Order().Should().Equal(expected.Order());

            void ClearFinished(string name)
            {
                foreach (var other in files.Keys.Where(other => other[..1] == name[..1]).ToList())
                    files[other] = files[other] with { FinishedInList = null };
            }
        });
    }

    // The rules in short. At the end, each time is over.
    private static bool IsExpected(string more, bool hasFirst, bool hasSecond) =>
        (hasFirst && hasSecond)
        || (more.Contains("[]") ? hasFirst || hasSecond
            : more.Contains("required") ? hasSecond
            : more is not "" && !more.Contains("reverse") && hasFirst);
}
