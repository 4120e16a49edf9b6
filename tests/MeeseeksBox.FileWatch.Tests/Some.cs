using MeeseeksBox.FileWatch.Settings;
using MeeseeksBox.WatchAgent.Configuration;

namespace MeeseeksBox.FileWatch.Tests;

/// <summary>Values for tests.</summary>
internal static class Some
{
    /// <summary>A valid job.</summary>
    public const string Job = """{"pool":"p","args":["/bin/true","%(file)s"]}""";

    /// <summary>A watch named <c>w</c> of <c>/data</c>, with one job for all files unless the JSON has jobs.</summary>
    /// <param name="json">More keys as JSON without braces, in which single quotes replace double ones.</param>
    public static WatchSettings Watch(string json = "")
    {
        var jobs = json.Contains("'jobs'", StringComparison.Ordinal) ? "" : $"\"jobs\":[{Job}],";
        var glob = json.Contains("'glob'", StringComparison.Ordinal) ? "" : "\"glob\":\"*\",";
        var result = WatcherConfigurationReader.Read([$"watch.w={{\"path\":\"/data\",{glob}{jobs}{json.Replace('\'', '"')}}}"]);
        return result.Config is { } config ? config
            .Watches.Single() : throw new InvalidOperationException(string.Join('\n', result.Problems));
    }

    /// <summary>Jobs that differ in their pools: <c>j0</c>, <c>j1</c>, …</summary>
    public static string Jobs(int count) =>
        "'jobs':[" + string.Join(',', Enumerable.Range(0, count).Select(number => $"{{'pool':'j{number}','args':['x']}}")) + "]";
}
