using MeeseeksBox.Agent.Configuration;
using MeeseeksBox.Configuration;
using MeeseeksBox.Testing;

namespace MeeseeksBox.Agent.Tests.Configuration;

/// <summary>Config files of each version of the original: accepted whole, or with a reason for each bad key.</summary>
public sealed class OldConfigurationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_head_of_January_2020()
    {
        var config = Good(Write("west.cfg", """
            {
                "name": "west",
                "logging": {
                    "level": 10, "filename": "west.log", "filemode": "a",
                    "format": "%(asctime)s %(name)s %(message)s", "datefmt": "%Y-%m-%d %H:%M:%S"
                },
                "defaults": { "refresh": 2, "timeout": 20 },
                "listen": { "prefix": "192.168.", "port": 13810 },
                "state": { "expire": 120, "expire_active_jobs": false, "file": "west.state", "checkpoint": 60, "history": "west.hist" },
                "pools": {},
                "nodes": {
                    "w1": { "address": "192.168.7.1", "poll": 30 },
                    "w2": { "address": "192.168.7.2", "port": "13705", "refresh": 1 }
                },
                "use_loadavg": true,
                "wait_in_pool": 1
            }
            """));

        config.Nodes["w1"].Should().Be(
            new LinkConfig { Address = "192.168.7.1", Refresh = Seconds(2), Timeout = Seconds(20), Poll = Seconds(30) });
        config.Nodes["w2"].Port.Should().Be(13705);
        config.State.Timeout.Should().Be(Seconds(20));
        (config.UseLoadavg, config.WaitInPool).Should().Be((true, true));
    }

    [Fact]
    public void A_node_of_January_2020_with_words_over_its_file()
    {
        var config = Good(
            "name=w1", "listen.port=13705", "pools.long.slots=1",
            Write("node.cfg", """
                {
                    "pools": {
                        "short": { "slots": 8, "runtime": 600, "hold": false },
                        "long": { "slots": 2, "update": 10, "drain": true }
                    }
                }
                """));

        config.Pools["short"].Should().Be(new PoolConfig { Slots = 8, MaxRuntime = Seconds(600) });
        config.Pools["long"].Should().Be(new PoolConfig { Slots = PoolConfig.Draining, Update = Seconds(10) });
    }

    [Fact]
    public void A_master_whose_nodes_have_no_settings_and_one_default_port()
    {
        var config = Good(Write("top.cfg", """
            { "name": "top", "defaults": { "port": 49463 }, "nodes": { "east": {}, "west": null, "top": {} } }
            """));

        config.Listen.Ports.Should().Be(new PortList(49463));
        config.Nodes.Keys.Should().Equal("east", "west");
        config.Nodes.Values.Should().OnlyContain(link => link.Port == 49463);
        config.Nodes["west"].Address.Should().Be("west");
    }

    [Theory]
    [InlineData("alice", true, "warning: GLOBAL: user: the box runs as 'alice' (1000) and cannot change to 'bob' (1001); ")]
    [InlineData("bob", true)]
    [InlineData("root", true)]
    public void The_shared_file_and_the_host_file_of_December_2020(string own, bool isGood, params string[] lines)
    {
        var global = Write("global.cfg", """
            {
            	"user": "bob", "group": "bob",
            	"home": "/data/%(name)s",
            	"listen": { "address": "*", "port": "49463,13700" },
            	"state": { "expire": 300, "file": "%(home)s/jobs", "history": "%(home)s/hist" },
            	"pools": { "any": {}, "build": { "slots": 4, "update": 0 } }
            }
            """);
        var host = Write("ash.cfg", """
            {
            	"name": "ash",
            	"pools": { "!any": null, "build": { "slots": 16, "update": null }, "io": { "hold": true, "runtime": null } }
            }
            """);

        var result = BoxConfigurationReader.Read([global, host], new FakeAccounts(own));

        Lines(result).Should().Equal(
            lines.Select(line => line.Replace("GLOBAL", global, StringComparison.Ordinal)), (line, begin) => line.StartsWith(begin));
        result.IsGood.Should().Be(isGood);
        if (result.Config is { } config)
        {
            config.Name.Should().Be("ash");
            config.Pools.Should().Equal(new Dictionary<string, PoolConfig>
            {
                ["build"] = new() { Slots = 16 },
                ["io"] = new() { Hold = true },
            });
            config.State.File.Should().Be("/data/ash/jobs");
            config.Listen.Ports.Should().Be(new PortList(49463, 13700));
        }
    }

    [Fact]
    public void A_node_of_February_2022_whose_lists_are_edited()
    {
        var config = Good(
            Write("global.cfg", """
                {
                    "defaults": { "port": 49463, "update": 0 },
                    "listen": { "address": ["10.1.0.1", "10.2.0.1"] },
                    "nodes": { "oak": {}, "elm": {} }
                }
                """),
            Write("elm.cfg", """
                {
                    "name": "elm",
                    "listen": { "+address": ["localhost"], "-address": ["10.1.0.1"] },
                    "nodes": { "!oak": 0 },
                    "pools": { "c++": { "slots": 2 } }
                }
                """));

        config.Listen.Address.Should().Be("10.2.0.1,localhost");
        config.Nodes.Should().BeEmpty();
        config.Pools["c++"].Should().Be(new PoolConfig { Slots = 2 });
    }

    [Fact]
    public void A_pool_with_a_Python_plugin_is_read_and_the_loader_names_it()
    {
        Good("pools.greet.plugin=site.greeting.Greeter", "pools.greet.slots=3").Pools["greet"].Plugin.Should().Be("site.greeting.Greeter");
    }

    [Fact]
    public void A_file_of_the_watcher_by_mistake_is_named_key_by_key()
    {
        var file = Write("inbox.cfg", """
            {
                "name": "inbox", "cleanup": 600, "apply": "copy",
                "client": { "address": "ash", "port": 49463 },
                "template": { "copy": { "glob": "*.csv", "jobs": [ { "pool": "io", "args": ["cp", "%(file)s", "/data"] } ] } },
                "watch": { "in": { "path": "/inbox" } }
            }
            """);

        var result = BoxConfigurationReader.Read([file], new FakeAccounts("alice"));

        result.IsGood.Should().BeTrue();
        result.Warnings.Should().Equal(
            from key in new[] { "apply", "cleanup", "client", "template", "watch" }
            select $"{file}: {key}: ignored: the key belongs into a configuration of meeseeks-watch");
    }

    private static IEnumerable<string> Lines(ConfigurationResult<BoxConfig> result) =>
        [.. result.Problems, .. result.Warnings.Select(warning => $"warning: {warning}")];

    private static BoxConfig Good(params string[] arguments)
    {
        var result = BoxConfigurationReader.Read(arguments, new FakeAccounts("alice"));
        Lines(result).Should().BeEmpty();
        return result.Config!;
    }

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    private string Write(string name, string text)
    {
        var file = _folder.File(name);
        File.WriteAllText(file, text);
        return file;
    }
}
