using System.Net;
using System.Text.Json;
using MeeseeksBox.Agent.Configuration;
using MeeseeksBox.Configuration;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Testing;
using MeeseeksBox.Tls;
using Serilog.Events;

namespace MeeseeksBox.Agent.Tests.Configuration;

/// <summary>The configuration of the box (docs/SPECIFICATION.md#configuration).</summary>
public sealed class BoxConfigurationReaderTests
{
    [Fact]
    public void Without_arguments_every_setting_has_its_default()
    {
        var result = BoxConfigurationReader.Read([]);

        result.Warnings.Should().BeEmpty();
        result.Config.Should().BeEquivalentTo(new
        {
            Name = Dns.GetHostName(),
            Logging = new { Level = LogEventLevel.Information, FileName = (string?)null },
            Listen = new
            {
                Address = "localhost",
                Ports = new PortList(13700),
                Prefix = (string?)null,
                MaxRequest = 64 << 20,
                Ssl = (SslConfig?)null,
            },
            State = new
            {
                Expire = Seconds(60),
                ExpireActiveJobs = true,
                Timeout = Seconds(60),
                File = (string?)null,
                Checkpoint = Seconds(10),
                History = (string?)null,
            },
            UseLoadavg = false,
            WaitInPool = false,
        });
        result.Config!.Nodes.Should().BeEmpty();
        result.Config.Pools.Should().BeEmpty();
    }

    [Fact]
    public void A_node_and_a_pool_may_be_empty_or_null()
    {
        var config = Good("nodes.n1=", "nodes.n2=null", "pools.p1=", "pools.p2=null");

        var link = new LinkConfig
        {
            Address = "n1",
            Port = 13700,
            Refresh = Seconds(1),
            Poll = Seconds(10),
            Timeout = Seconds(10),
            Ssl = null,
        };
        config.Nodes["n1"].Should().Be(link);
        config.Nodes["n2"].Should().Be(link with { Address = "n2" });
        config.Pools["p1"].Should().Be(config.Pools["p2"]).And.Be(new PoolConfig
        {
            Slots = 0,
            MaxRuntime = null,
            Update = Seconds(30),
            Hold = false,
            Plugin = null,
            RestartDelay = Seconds(1),
            OutputLimit = 1 << 20,
            KillGrace = TimeSpan.Zero,
        });
    }

    [Fact]
    public void Every_setting_is_read()
    {
        var config = Good(
            "name=n1", "use_loadavg=1", "wait_in_pool=true",
            "listen.address=0.0.0.0", "listen.port=0", "listen.max_request=100",
            "state.expire=1.5", "state.expire_active_jobs=0", "state.timeout=2", "state.file=s.json", "state.checkpoint=3",
            "state.history=/h",
            "nodes.n2.address=10.0.0.2", "nodes.n2.port=1", "nodes.n2.refresh=0.5", "nodes.n2.poll=1.75", "nodes.n2.timeout=5",
            "pools.p1.slots=6", "pools.p1.max_runtime=7", "pools.p1.update=8", "pools.p1.hold=1", "pools.p1.plugin=a.b.C",
            "pools.p1.restart_delay=0", "pools.p1.output_limit=9", "pools.p1.kill_grace=10",
            "pools.p1.memory=2G", "pools.p1.cpus=1.5");

        config.Should().BeEquivalentTo(new { Name = "n1", UseLoadavg = true, WaitInPool = true });
        config.Listen.Should().Be(new ListenConfig { Address = "0.0.0.0", Ports = new(0), MaxRequest = 100 });
        config.State.Should().Be(new StateConfig
        {
            Expire = Seconds(1.5),
            ExpireActiveJobs = false,
            Timeout = Seconds(2),
            File = "s.json",
            Checkpoint = Seconds(3),
            History = "/h",
        });
        config.Nodes["n2"].Should().Be(
            new LinkConfig { Address = "10.0.0.2", Port = 1, Refresh = Seconds(0.5), Poll = Seconds(1.75), Timeout = Seconds(5) });
        config.Pools["p1"].Should().Be(new PoolConfig
        {
            Slots = 6,
            MaxRuntime = Seconds(7),
            Update = Seconds(8),
            Hold = true,
            Plugin = "a.b.C",
            RestartDelay = TimeSpan.Zero,
            OutputLimit = 9,
            Memory = 2L << 30,
            Cpus = 1.5,
            KillGrace = Seconds(10),
        });
    }

    [Theory]
    [InlineData("pools.p.max_runtime=5", 5.0)]
    [InlineData("pools.p.runtime=5", 5.0)]
    [InlineData("pools.p.runtime=0", null)]
    public void Max_runtime_and_runtime_are_the_same_setting(string word, double? seconds)
    {
        Good("pools.p=", word).Pools["p"].MaxRuntime.Should().Be(seconds is { } value ? Seconds(value) : null);
    }

    [Theory]
    [InlineData(null, null, null)]
    [InlineData(5L, null, 5L)]
    [InlineData(null, 6L, 6L)]
    [InlineData(5L, 6L, 5L)]
    [InlineData(6L, 5L, 5L)]
    public void The_smaller_limit_of_job_and_pool_counts(long? ofJob, long? ofPool, long? expected)
    {
        var pool = new PoolConfig { Memory = ofPool, Cpus = ofPool };
        var job = new JobSpec { Memory = ofJob, Cpus = ofJob };

        pool.MemoryOf(job).Should().Be(expected);
        pool.CpusOf(job).Should().Be(expected);
    }

    [Fact]
    public void Drain_is_slots_minus_one()
    {
        Good("pools.p.slots=5", "pools.p.drain=true").Pools["p"].Should().Be(Good("pools.p.slots=-1").Pools["p"]);
        Good("pools.p.slots=5", "pools.p.drain=false").Pools["p"].Slots.Should().Be(5);
    }

    [Fact]
    public void The_prefix_is_used_when_no_address_is_set()
    {
        Good("listen.prefix=10.").Listen.Prefix.Should().Be("10.");
        Good("listen.prefix=10.", "listen.address=n1").Listen.Should().Be(new ListenConfig { Address = "n1" });
    }

    [Fact]
    public void A_default_applies_to_every_section_with_the_key()
    {
        var config = Good(
            "defaults.timeout=17", "defaults.port=8", "defaults.update=9", "defaults.runtime=3", "nodes.a=", "nodes.b.timeout=1",
            "pools.p=");

        config.State.Timeout.Should().Be(Seconds(17));
        config.Listen.Ports.Should().Be(new PortList(8));
        config.Nodes["a"].Should().Be(new LinkConfig { Address = "a", Timeout = Seconds(17), Port = 8 });
        config.Nodes["b"].Timeout.Should().Be(Seconds(1));
        config.Pools["p"].Should().Be(new PoolConfig { Update = Seconds(9), MaxRuntime = Seconds(3) });
    }

    [Theory]
    [InlineData("listen.port=13700,49463")]
    [InlineData("listen.port=[13700, \"49463\", 13700]")]
    [InlineData("listen={\"port\": \"13700, 49463\"}")]
    [InlineData("defaults.port=13700,49463")]
    public void A_listener_may_have_several_ports(string word)
    {
        var listen = Good(word).Listen;

        listen.Ports.Should().Be(new PortList(13700, 49463));
        listen.Ports.ToString().Should().Be("ports 13700, 49463");
    }

    [Theory]
    [InlineData("listen.port=13700,x", "command line: listen.port: 'x' is not a whole number")]
    [InlineData("listen.port=[]", "command line: listen.port: a list has no number in it")]
    [InlineData("listen.port=[[1]]", "command line: listen.port: a list is not a whole number")]
    [InlineData("listen.port=0,65536", "command line: listen.port: 65536 is too large: the maximum is 65535")]
    [InlineData("nodes.n1.port=13700,49463", "command line: nodes.n1.port: a node is reached at one port; several are for listen.port")]
    [InlineData("nodes.n1.port=0", "command line: nodes.n1.port: 0 is too small: the minimum is 1")]
    public void A_wrong_port_among_several_is_named(string word, string problem)
    {
        BoxConfigurationReader.Read([word]).Problems.Should().Equal(problem);
    }

    [Theory]
    [InlineData("address=unix:", "address: the path of the socket is missing after 'unix:'; write it as in unix:/run/meeseeks/box.sock")]
    [InlineData("mode=rw", "mode: 'rw' is not a file mode; write it in octal, as in \"0660\"")]
    [InlineData("allow.*=boss", "allow.*: 'boss' is not a role; the roles are none, read, submit, peer and admin")]
    [InlineData("allow.*=2", "allow.*: 2 is not a role; the roles are none, read, submit, peer and admin")]
    [InlineData(
        "allow.alice=read",
        "allow: it names clients, but no certificate is requested: set listen.ssl with verify 1 or 2 and a cafile")]
    public void A_wrong_setting_of_the_listener_is_named(string word, string problem)
    {
        BoxConfigurationReader.Read([$"listen.{word}"]).Problems.Should().Equal($"command line: listen.{problem}");
    }

    [Fact]
    public void Nodes_have_the_first_of_the_default_ports()
    {
        var config = Good("defaults.port=49463,13700", "nodes.a=", "nodes.b.port=5");

        config.Listen.Ports.Should().Be(new PortList(49463, 13700));
        config.Nodes["a"].Port.Should().Be(49463);
        config.Nodes["b"].Port.Should().Be(5);
        Good("defaults.port=49463", "nodes.a=").Nodes["a"].Port.Should().Be(49463);
    }

    [Theory]
    [InlineData("pools.p.update=0", 30)]
    [InlineData("pools.p.update=null", 30)]
    [InlineData("defaults.update=0", 30)]
    [InlineData("pools.p={\"update\": \"15\"}", 15)]
    [InlineData("pools.p=", 30)]
    public void Update_0_or_null_is_the_default(string word, double seconds)
    {
        Good("pools.p=", word).Pools["p"].Update.Should().Be(Seconds(seconds));
    }

    [Fact]
    public void Defaults_are_known_and_checked_even_without_a_section_that_has_them()
    {
        var result = BoxConfigurationReader.Read(["defaults.refresh=x", "defaults.slots=1", "defaults.slot=1"]);

        result.Problems.Should().Equal("command line: defaults.refresh: 'x' is not a number of seconds");
        result.Warnings.Should().Equal("command line: defaults.slot: unknown key, ignored; the nearest known key is 'slots'");
    }

    [Fact]
    public void All_problems_are_reported_with_their_file_and_path()
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("node1.cfg");
        File.WriteAllText(file, """
            {
                "pools": {"p1": {"slots": "two"}, "__config": null, "p3": false},
                "listen": {"port": 65536},
                "state": [],
                "nodes": {"": {}, "n1": {"refresh": 0}},
                "name": ""
            }
            """);

        var result = BoxConfigurationReader.Read([file, "none.cfg", "state.expire=0"]);

        result.IsGood.Should().BeFalse();
        result.Config.Should().BeNull();
        result.Problems.Should().BeEquivalentTo(
            "none.cfg: the file cannot be read: there is no such file",
            $"{file}: pools.p1.slots: 'two' is not a whole number",
            $"{file}: pools.__config: this name is reserved for the configuration pool; choose another",
            $"{file}: pools.p3: expected an object, found false",
            $"{file}: listen.port: 65536 is too large: the maximum is 65535",
            "command line: state.expire: 0 is too small: the time must be more than 0 s",
            $"{file}: nodes: an entry has an empty name",
            $"{file}: nodes.n1.refresh: 0 is too small: the time must be more than 0 s",
            $"{file}: name: the text is empty; leave the key out, or write null, to get the default");
    }

    [Fact]
    public void An_ignored_key_of_a_request_is_not_kept()
    {
        var before = BoxConfigurationReader.Read(["name=n1", "pools.p1.odd=1"]);
        var sent = JsonElement.Parse("""{"pool": {"p2": {}}, "watch": {}, "pools": {"p1": {"slot": 2, "slots": 3}}}""");

        var after = BoxConfigurationReader.Merge(before.Tree, sent);

        after.Warnings.Should().Contain(line => line.StartsWith("config request: pools.p1.slot: unknown key, ignored"))
            .And.Contain(line => line.StartsWith("config request: watch: ignored"));
        ConfigJson.Compact(after.Tree).Should().Be("""{"name":"n1","pools":{"p1":{"odd":1,"slots":3}}}""");
        ConfigJson.Compact(after.Shown).Should().Be(ConfigJson.Compact(after.Tree));
    }

    [Theory]
    [InlineData(
        "pools.p.slots", "pools.p.slots: the file cannot be read: there is no such file; a setting has a value: pools.p.slots=VALUE")]
    [InlineData("none.json", "none.json: the file cannot be read: there is no such file")]
    [InlineData("./slots", "./slots: the file cannot be read: there is no such file")]
    public void A_setting_without_a_value_is_explained(string word, string problem)
    {
        BoxConfigurationReader.Read([word]).Problems.Should().Equal(problem);
    }

    [Fact]
    public void Unknown_keys_are_warnings()
    {
        var result = BoxConfigurationReader.Read(["pool.p1=", "pools.p1.slot=1", "state.fil=x", "logging.levle=10"]);

        result.IsGood.Should().BeTrue();
        result.Warnings.Should().BeEquivalentTo(
            "command line: pool: unknown key, ignored; the nearest known key is 'pools'",
            "command line: pools.p1.slot: unknown key, ignored; the nearest known key is 'slots'",
            "command line: state.fil: unknown key, ignored; the nearest known key is 'file'",
            "command line: logging.levle: unknown key, ignored; the nearest known key is 'level'");
    }

    [Theory]
    [InlineData(
        "command line: state.timeout: the poll of node 'n2' (10 s) is longer than state.timeout (5 s); a third of that counts instead",
        "state.timeout=5")]
    [InlineData(
        "command line: nodes.n2.poll: the poll of node 'n2' (90 s) is longer than state.timeout (60 s); a third of that counts instead",
        "nodes.n2.poll=90")]
    [InlineData(null, "state.timeout=10")]
    [InlineData(null, "state.timeout=5", "nodes.!n2=")]
    public void A_poll_longer_than_the_timeout_of_a_node_is_a_warning(string? warning, params string[] words)
    {
        var result = BoxConfigurationReader.Read(["name=n1", "nodes.n1=", "nodes.n2=", .. words]);

        result.Warnings.Should().Equal(warning is null ? [] : [warning]);
    }

    [Fact]
    public void Odd_names_of_pools_and_nodes_are_fine()
    {
        var config = Good("""pools={"a.b *ü/": {}}""", "nodes.*=");

        config.Pools.Keys.Should().Equal("a.b *ü/");
        config.Nodes.Keys.Should().Equal("*");
    }

    [Theory]
    [InlineData("listen.ssl.cert=no.pem", "command line: listen.ssl.cert: no.pem: the file cannot be read: there is no such file")]
    [InlineData("listen.ssl=", "command line: listen.ssl.cert: a listener needs a certificate; set it to a PEM file")]
    [InlineData("listen.ssl.verify=3", "command line: listen.ssl.verify: 3 is too large: the maximum is 2")]
    [InlineData(
        "listen.ssl.verify=2",
        "command line: listen.ssl.verify: client certificates cannot be verified without authorities; "
        + "set cafile or capath to those that sign them")]
    [InlineData("nodes.n1.ssl=yes", "command line: nodes.n1.ssl: expected an object, found 'yes'")]
    [InlineData("defaults.ssl.cafile=no.pem", "command line: defaults.ssl.cafile: no.pem: the file cannot be read: there is no such file")]
    [InlineData("nodes.n1.ssl.ciphers=ECDHE-RSA-AES265-GCM-SHA384",
        "command line: nodes.n1.ssl.ciphers: unknown or weak cipher 'ECDHE-RSA-AES265-GCM-SHA384'; "
        + "the nearest supported one is 'ECDHE-RSA-AES256-GCM-SHA384'")]
    [InlineData(
        "nodes.n1.ssl.options=OP_NO_TLSv1_4",
        "command line: nodes.n1.ssl.options: unknown option 'OP_NO_TLSv1_4'; the nearest known one is 'OP_NO_TLSv1_2'")]
    public void Encryption_is_never_left_out_silently(string word, string problem)
    {
        BoxConfigurationReader.Read([word]).Problems.Should().Contain(problem);
    }

    [Fact]
    public void An_empty_section_ssl_of_a_node_is_encryption_with_the_authorities_of_the_system()
    {
        Good("nodes.n1.ssl=").Nodes["n1"].Ssl.Should().Be(new SslConfig());
    }

    [Theory]
    [InlineData("nodes.n1.ssl=null")]
    [InlineData("nodes.n1.ssl=false")]
    public void Ssl_that_is_null_or_false_is_none(string word)
    {
        Good(word).Nodes["n1"].Ssl.Should().BeNull();
    }

    [Fact]
    public void References_to_keys_are_replaced_and_their_keys_are_known()
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("a.cfg");
        File.WriteAllText(
            file, """{"name": "n7", "base": "/srv/m", "state": {"file": "%(base)s/%(name)s.json"}, "logging": {"format": "%(name)s"}}""");

        var config = Good(file, "base=/data");

        config.State.File.Should().Be("/data/n7.json");
        config.Logging.Format.Should().Be("%(name)s", "that is the name of the logger");
    }

    [Fact]
    public void A_reference_follows_its_key_when_that_is_changed_later()
    {
        var before = BoxConfigurationReader.Read(["base=/a", "state.history=%(base)s/h"]);

        var after = BoxConfigurationReader.Merge(before.Tree, JsonElement.Parse("""{"base": "/b"}"""));

        before.Config!.State.History.Should().Be("/a/h");
        after.Config!.State.History.Should().Be("/b/h");
        ConfigJson.Compact(after.Shown).Should().Be("""{"state":{"history":"/b/h"},"base":"/b"}""");
    }

    [Fact]
    public void A_reference_to_no_key_is_a_warning()
    {
        var result = BoxConfigurationReader.Read(["state.history=%(bsae)s/h", "base=/x"]);

        result.Config!.State.History.Should().Be("%(bsae)s/h");
        result.Warnings.Should().BeEquivalentTo(
            "command line: state.history: '%(bsae)s/h' is not expanded: no key 'bsae' with a text or a number is set",
            "command line: base: unknown key, ignored; the nearest known key is 'name'");
    }

    [Fact]
    public void A_node_with_the_name_of_the_box_is_not_a_link()
    {
        Good("name=h1", "nodes.h1=", "nodes.n1=").Nodes.Keys.Should().Equal("n1");
        Good($$$"""nodes={"{{{Dns.GetHostName()}}}": {}}""").Nodes.Should().BeEmpty();
    }

    [Fact]
    public void Lists_are_edited_by_files_words_and_requests()
    {
        using var folder = new TemporaryFolder();
        var (all, own) = (folder.File("global.cfg"), folder.File("h1.cfg"));
        File.WriteAllText(all, """{"listen": {"port": [13700], "address": ["10.0.0.1", "10.0.0.2"]}}""");
        File.WriteAllText(own, """{"listen": {"+port": [49463], "-address": ["10.0.0.2"]}}""");

        var read = BoxConfigurationReader.Read([all, own, "listen.address+=localhost,"]);
        var sent = BoxConfigurationReader.Merge(read.Tree, JsonElement.Parse("""{"listen": {"-port": [13700]}}"""));

        read.Warnings.Should().BeEmpty();
        read.Config!.Listen.Should().Be(new ListenConfig { Address = "localhost,10.0.0.1", Ports = new(13700, 49463) });
        sent.Config!.Listen.Ports.Should().Be(new PortList(49463));
    }

    [Fact]
    public void A_request_is_merged_over_the_configuration_in_force()
    {
        var before = BoxConfigurationReader.Read(["pools.p1.slots=1", "pools.p2="]);

        var after = BoxConfigurationReader.Merge(before.Tree, JsonElement.Parse("""{"pools": {"p1": {"hold": true}, "!p2": 0}}"""));

        after.Config!.Pools.Should().ContainSingle().Which.Value.Should().Be(new PoolConfig { Slots = 1, Hold = true });
        before.Config!.Pools.Should().HaveCount(2);
    }

    [Theory]
    [InlineData("""{"pools": {"p1": {"slots": "x"}}}""", "config request: pools.p1.slots: 'x' is not a whole number")]
    [InlineData("[]", "config request: expected an object, found a list")]
    public void A_bad_request_is_refused_whole(string sent, string problem)
    {
        var before = BoxConfigurationReader.Read(["pools.p1.slots=1"]);

        var after = BoxConfigurationReader.Merge(before.Tree, JsonElement.Parse(sent));

        after.IsGood.Should().BeFalse();
        after.Problems.Should().Equal(problem);
    }

    [Fact]
    public void Reading_again_sees_what_has_changed_and_what_has_not()
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("a.cfg");
        File.WriteAllText(file, """{"pools": {"p1": {"slots": 1}, "p2": {}}}""");
        var before = Good(file);
        File.WriteAllText(file, """{"pools": {"p1": {"slots": 2}, "p2": {}}}""");

        var after = Good(file);

        after.Pools["p1"].Should().NotBe(before.Pools["p1"]);
        after.Pools["p2"].Should().Be(before.Pools["p2"]);
        after.Listen.Should().Be(before.Listen);
    }

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    private static BoxConfig Good(params string[] arguments)
    {
        var result = BoxConfigurationReader.Read(arguments);
        result.Problems.Should().BeEmpty();
        result.Warnings.Should().BeEmpty();
        return result.Config!;
    }
}
