using MeeseeksBox.Configuration;
using MeeseeksBox.FileWatch.Settings;
using MeeseeksBox.WatchAgent.Configuration;

namespace MeeseeksBox.FileWatch.Tests.Settings;

/// <summary>Configurations of users of each version of the original: each key is read, or ignored with a reason.</summary>
public sealed class OldUserTests
{
    private const string January2020 = """
        {
            "name": "ingest", "cleanup": 600,
            "logging": {"level": 20},
            "client": {"address": "gw", "port": 13700, "refresh": 5, "timeout": 20},
            "defaults": {"pool": "io", "split": "-", "refresh": 5, "rescan": 30},
            "template": {
                "keep": {"jobs": [{"id": "%(name)s.%(index)s", "pool": "%(pool)s", "args": ["/opt/feed/poll", "%(site)s"],
                    "tags": ["%(name)s"]}]},
                "grid": {
                    "glob": ["*-u.grb", "*-v.grb"], "fileset": 3, "max_index": 40, "min_age": 30, "run_all": 0, "retry": 1,
                    "jobs": [null, {"pool": "%(pool)s", "args": ["/opt/grid/wind", "%(path)s/%(fileset0)s", "%(path)s/%(fileset1)s"],
                        "stdout": "%(path)s/log/%(0)s-%(1)s.txt", "retries": 2, "runtime": 600, "tags": ["%(0)s", "%(1)s"]}]
                },
                "log": {"glob": "*.log", "updated": 1, "reverse": 1, "max_age": 86400,
                    "jobs": [[{"pool": "%(pool)s", "args": ["/opt/log/index", "%(file)s"]}]]}
            },
            "watch": {"north": {"path": "/srv/north", "site": "N1"}, "south": {"path": "/srv/south", "site": "S1"}}
        }
        """;

    private const string Later = """
        {
            "name": "ingest", "cleanup": 120, "root": "/srv", "paths": {"log": "%(root)s/log"},
            "client": {"address": "gw", "port": 49463, "refresh": 1, "poll": 10},
            "defaults": {"pool": "io", "split": "-", "refresh": 5, "template": ["grid", "index"]},
            "template": {
                "grid": {
                    "glob": ["*-u.grb", "*-v.grb"], "match": 3, "skip": "wind.nc", "partial": 0, "path": "%(root)s/%(site)s",
                    "jobs": [{"pool": "%(pool)s", "uid": "feed", "gid": "feed", "args": ["/opt/grid/wind", "%(path)s/%(fileset0)s"],
                        "env": {"PATH": "/usr/bin:/bin"}, "stdout": "%(log)s/%(0)s.txt", "tags": ["%(name)s", "%(0)s"]}]
                },
                "index": {"glob": "*.grb", "path": "%(root)s/%(site)s",
                    "jobs": [{"pool": "%(pool)s", "args": ["/opt/grid/index", "%(file)s"]}]},
                "nightly": {"count": 1, "jobs": [{"pool": "%(pool)s", "args": ["/opt/night", "%(site)s"]}]}
            },
            "watch": {
                "north": {"site": "north", "log": "%(paths.log)s/north"},
                "south": {"site": "south", "log": "%(paths.log)s/south", "template": "grid"},
                "night": {"site": "all", "template": ["nightly"]}
            }
        }
        """;

    [Theory]
    [InlineData("keep", "keep-north", "keep-south")]
    [InlineData("grid", "grid-north", "grid-south")]
    [InlineData("log", "log-north", "log-south")]
    public void A_configuration_of_January_2020_works_with_each_of_its_templates(string template, params string[] names)
    {
        var result = Read(January2020, $"apply={template}");

        result.Problems.Should().BeEmpty();
        result.Config!.Watches.Select(watch => watch.Name).Should().Equal(names);

        // A folder without a glob has no effect, which is a warning.
        result.Warnings.Where(line => !line.Contains("there is no glob")).Should().BeEmpty();
    }

    [Fact]
    public void The_settings_of_January_2020_keep_their_meaning()
    {
        var watch = Read(January2020, "apply=grid").Config!.Watches[0];

        (watch.Fileset, watch.Split, watch.MaxIndex, watch.RunsAll, watch.Retry.Most).Should().Be((3, "-", 40, false, null));
        (watch.MinAge.TotalSeconds, watch.Refresh.TotalSeconds, watch.Rescan.TotalSeconds, watch.Cleanup.TotalSeconds)
            .Should().Be((30, 5, 30, 600));
        watch.Jobs.Select(step => step.For(0) is null).Should().Equal(true, false);
    }

    [Fact]
    public void A_configuration_of_a_later_version_works_and_ignored_keys_have_a_reason()
    {
        var result = Read(Later);

        result.Problems.Should().BeEmpty();
        result.Warnings.Select(line => line[(line.IndexOf(": ", StringComparison.Ordinal) + 2)..]).Where(line => !line.Contains("uid")
            && !line.Contains("gid")).Should().Equal(
            "client.poll: not needed, ignored: the watcher keeps no state of the cluster");
        var watches = result.Config!.Watches;
        watches.Select(watch => (watch.Name, watch.Path)).Should().Equal(
            ("ingest_grid_north", "/srv/north"),
            ("ingest_index_north", "/srv/north"),
            ("ingest_grid_south", "/srv/south"),
            ("ingest_nightly_night", null));
        (watches[0].Fileset, watches[0].IsPartial, watches[0].Skips.Single(), watches[3].Count).Should().Be((3, false, "wind.nc", 1));
        Filled(watches[0], "a-b-c-u.grb")["stdout"]!.ToString().Should().Be("/srv/log/north/a.txt");
        Filled(watches[2], "a-b-c-u.grb")["tags"]!.ToJsonString().Should().Be("""["ingest_grid_south","a"]""");
    }

    [Fact]
    public void The_template_of_the_defaults_may_come_from_the_command_line_as_in_later_versions()
    {
        Read(January2020, "defaults.template=grid,log", "!apply=").Config!.Watches.Select(watch => watch.Name)
            .Should().Equal("ingest_grid_north", "ingest_log_north", "ingest_grid_south", "ingest_log_south");
    }

    private static System.Text.Json.Nodes.JsonObject Filled(WatchSettings watch, string file)
    {
        var template = watch.Jobs[0].For(0)!;
        var work = new MeeseeksBox.FileWatch.Jobs.WorkItem { Template = template, Index = 0, FileName = file, Files = [file] };
        return template.Fill(new MeeseeksBox.FileWatch.Jobs.JobValues(watch, work)).Value!;
    }

    private static ConfigurationResult<WatcherConfig> Read(string text, params string[] words)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, text);
            return WatcherConfigurationReader.Read([file, .. words]);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
