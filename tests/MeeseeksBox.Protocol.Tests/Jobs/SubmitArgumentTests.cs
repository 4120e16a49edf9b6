using System.Text.Json;
using CsCheck;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Protocol.Tests.Jobs;

// docs/SPECIFICATION.md#spec-attributes
public sealed class SubmitArgumentTests
{
    [Fact]
    public void Every_spec_attribute_is_read()
    {
        var spec = Read("""
            {"id":"a","pool":"p1","args":["/bin/echo","x"],"node":"n1","stdin":"/in","stdout":"/out","stderr":"/err",
            "runtime":60,"memory":"100M","cpus":"1.5","hold":true,"restart":false,"retries":3,"resubmit":true,"config":{"shell":true},
            "tags":["t"],"state":"new",
            "env":{"A":"1"},"cwd":"/tmp","uid":"alice","gid":7}
            """);

        spec.Unknown.Should().BeEmpty();
        spec.Id.Should().Be("a");
        spec.Nodes.Should().Equal("n1");
        spec.State.Should().Be(JobState.New);
        spec.Keys.Select(attribute => attribute.Name).Should().BeEquivalentTo(
            "pool", "args", "stdin", "stdout", "stderr", "runtime", "memory", "cpus", "hold", "restart", "retries", "resubmit",
            "config", "tags", "env", "cwd", "uid", "gid");
        Some.Same(Some.Written(spec.Values), Some.Json("""
            {"id":"a","pool":"p1","args":["/bin/echo","x"],"stdin":"/in","stdout":"/out","stderr":"/err",
            "runtime":60,"memory":104857600,"cpus":1.5,"hold":true,"restart":false,"retries":3,"resubmit":true,"config":{"shell":true},
            "tags":["t"],"env":{"A":"1"},
            "cwd":"/tmp","uid":"alice","gid":7,
            "node":false,"submit_node":false,"state":"new","active":false,"ts":0,"seq":0,"submit_ts":0,"start_count":0,"fail_count":0}
            """)).Should().BeTrue();
    }

    [Fact]
    public void Unsupported_keys_are_ignored_and_listed()
    {
        var spec = Read("""{"pool":"p1","rc":0,"submit_ts":5,"epoch":7,"nodes":["x"],"colour":"red"}""");

        spec.Unknown.Should().Equal("rc", "submit_ts", "epoch", "nodes", "colour");
        spec.Values.Should().BeEquivalentTo(new Job { Id = "", Spec = new() { Pool = "p1" } });
    }

    [Theory]
    [InlineData("""{"tag":"t1"}""", "t1")]
    [InlineData("""{"tags":"t1"}""", "t1")]
    [InlineData("""{"tag":["t1","t2"]}""", "t1,t2")]
    [InlineData("""{"tags":["t1",7]}""", "t1,7")]
    [InlineData("""{"tags":[null]}""", "")]
    [InlineData("""{"tags":null}""", "")]
    public void Tag_is_an_alias_of_tags_and_a_single_tag_is_a_list_of_one(string json, string expected)
    {
        var spec = Read(json);

        spec.Unknown.Should().BeEmpty();
        spec.Keys.Should().ContainSingle().Which.Name.Should().Be("tags");
        string.Join(',', spec.Values.Spec.Tags).Should().Be(expected);
    }

    [Theory]
    [InlineData("1000", "1000", "1000")]
    [InlineData("\"alice\"", "alice", "\"alice\"")]
    [InlineData("\"1000\"", "1000", "1000")]
    [InlineData("0", null, null)]
    [InlineData("4294967294", "4294967294", "4294967294")]
    [InlineData("1e3", "1000", "1000")]
    [InlineData("\"0\"", null, null)]
    [InlineData("\" 00.0 \"", null, null)]
    [InlineData("-0", null, null)]
    // Clients of later versions send 0 for root.
    public void A_user_is_a_name_or_a_number_and_0_is_none(string json, string? expected, string? written)
    {
        var spec = Read($$"""{"uid":{{json}},"gid":{{json}} }""");

        (spec.Problem, spec.Values.Spec.Uid, spec.Values.Spec.Gid).Should().Be((null, expected, expected));
        (Some.Written(spec.Values).TryGetProperty("uid", out var uid) ? uid.GetRawText() : null).Should().Be(written);
    }

    [Theory]
    [InlineData("1.5")]
    [InlineData("\"1.5\"")]
    [InlineData("-1")]
    [InlineData("\"-1\"")]
    [InlineData("4294967295")]
    [InlineData("\"4294967296\"")]
    [InlineData("1e300")]
    [InlineData("[1]")]
    [InlineData("true")]
    [InlineData("\"\"")]
    [InlineData("\"-root\"")]
    [InlineData("\"+0x0\"")]
    [InlineData("\"a\\u0000b\"")]
    [InlineData("\"root\\n\"")]
    [InlineData("\"a:b\"")]
    public void A_user_that_is_neither_is_rejected(string json) =>
        SubmitArgument.Read(Some.Json($$"""{"uid":{{json}} }""")).Problem.Should()
            .StartWith("uid: ").And.EndWith("is not the name or the number of an account");

    [Fact]
    public void Numbers_in_args_become_the_texts_that_were_written() =>
        Read("""{"args":["sleep",60,1.50,"007"]}""").Values.Spec.Args.Should().Equal("sleep", "60", "1.50", "007");

    [Fact]
    public void Args_that_are_an_object_are_settings_for_a_job_in_pool___config()
    {
        var values = Read("""{"pool":"__config","args":{"pools":{"p1":{"slots":4}}}}""").Values;

        values.Spec.Args.Should().BeEmpty();
        values.Spec.Settings!.Value.GetRawText().Should().Be("""{"pools":{"p1":{"slots":4}}}""");
    }

    [Theory]
    [InlineData("\"1\"")]
    [InlineData("1")]
    [InlineData("true")]
    public void Booleans_are_read_in_every_form(string truth)
    {
        var values = Read($$"""{"hold":{{truth}},"restart":{{truth}},"resubmit":{{truth}} }""").Values;

        values.Spec.Should().BeEquivalentTo(new { Hold = true, Restart = true, Resubmit = true });
    }

    [Fact]
    public void Numbers_are_read_in_quotes_and_written_as_numbers()
    {
        var values = Read("""{"runtime":"1.5","retries":"3"}""").Values;

        Some.Written(values).GetProperty("runtime").GetRawText().Should().Be("1.5");
        Some.Written(values).GetProperty("retries").GetRawText().Should().Be("3");
    }

    [Theory]
    [InlineData("""{"node":"n1"}""", "n1")]
    [InlineData("""{"node":"n*"}""", "n*")]
    [InlineData("""{"node":["n1","n2","n1",""]}""", "n1,n2")]
    [InlineData("""{"node":false}""", "")]
    [InlineData("""{"node":null}""", "")]
    [InlineData("""{"node":""}""", "")]
    [InlineData("""{"node":[]}""", "")]
    [InlineData("{}", null)]
    public void A_node_is_a_name_or_a_pattern_or_a_list_or_left_to_the_cluster(string json, string? expected)
    {
        var nodes = Read(json).Nodes;

        (nodes is null ? null : string.Join(',', nodes)).Should().Be(expected);
    }

    [Theory]
    [InlineData("""{"id":"007"}""", "007")]
    [InlineData("""{"id":7}""", "7")]
    [InlineData("""{"id":""}""", null)]
    [InlineData("""{"id":null}""", null)]
    [InlineData("{}", null)]
    public void An_id_is_text_and_may_be_missing(string json, string? expected) => Read(json).Id.Should().Be(expected);

    [Fact]
    public void A_state_that_was_not_requested_is_null()
    {
        Read("""{"id":"a"}""").State.Should().BeNull();
        Read("""{"id":"a","state":null}""").State.Should().BeNull();
        Read("""{"id":"a","state":"killed"}""").State.Should().Be(JobState.Killed);
    }

    [Fact]
    public void Config_is_kept_unchanged()
    {
        const string Config = """{"b":1.0,"a":[null,{"é":"\u00e9"}],"cwd":"/tmp"}""";

        Read($$"""{"config":{{Config}}}""").Values.Spec.Config!.Value.GetRawText().Should().Be(Config);
    }

    [Theory]
    [InlineData("""{"id":[]}""", "id: [] is not a text of valid Unicode")]
    [InlineData("""{"pool":true}""", "pool: true is not a text")]
    [InlineData(
        """{"args":"/bin/true"}""",
        "args: '/bin/true' is not a list; it must be the program and its arguments, like [\"/bin/echo\",\"hello\"]")]
    [InlineData("""{"args":null}""", "args: null is not a list; it must be the program and its arguments, like [\"/bin/echo\",\"hello\"]")]
    [InlineData("""{"args":["a",null]}""", "args[1]: null is not a text")]
    [InlineData("""{"args":["a",["b"]]}""", "args[1]: [\"b\"] is not a text")]
    [InlineData("""{"node":{"a":1}}""", "node: {\"a\":1} is not the name of a node, a list of names, or a pattern like 'n*'")]
    [InlineData("""{"state":"gone"}""", "state: 'gone' is not one of new, running, done, failed, killed")]
    [InlineData("""{"state":1}""", "state: 1 is not one of new, running, done, failed, killed")]
    [InlineData("""{"hold":"maybe"}""", "hold: 'maybe' is not true or false")]
    [InlineData("""{"retries":-1}""", "retries: -1 is not a whole number, 0 or more")]
    [InlineData("""{"retries":1.5}""", "retries: 1.5 is not a whole number, 0 or more")]
    [InlineData("""{"runtime":"soon"}""", "runtime: 'soon' is not a number of seconds, 0 or more")]
    [InlineData("""{"runtime":-1}""", "runtime: -1 is not a number of seconds, 0 or more")]
    [InlineData("""{"runtime":1e999}""", "runtime: 1e999 is not a number of seconds, 0 or more")]
    [InlineData("""{"memory":0}""", "memory: 0 is not a size from 1 MB to 1024 TB, such as 100M or 1.5G")]
    [InlineData("""{"memory":-1}""", "memory: -1 is not a size from 1 MB to 1024 TB, such as 100M or 1.5G")]
    [InlineData("""{"memory":512}""", "memory: 512 is not a size from 1 MB to 1024 TB, such as 100M or 1.5G")]
    [InlineData("""{"memory":"1025T"}""", "memory: '1025T' is not a size from 1 MB to 1024 TB, such as 100M or 1.5G")]
    [InlineData("""{"memory":"much"}""", "memory: 'much' is not a size from 1 MB to 1024 TB, such as 100M or 1.5G")]
    [InlineData("""{"memory":true}""", "memory: true is not a size from 1 MB to 1024 TB, such as 100M or 1.5G")]
    [InlineData("""{"cpus":0}""", "cpus: 0 is not a number of processors from 0.01 to 10000, such as 2 or 0.5")]
    [InlineData("""{"cpus":-0.5}""", "cpus: -0.5 is not a number of processors from 0.01 to 10000, such as 2 or 0.5")]
    [InlineData("""{"cpus":10001}""", "cpus: 10001 is not a number of processors from 0.01 to 10000, such as 2 or 0.5")]
    [InlineData("""{"cpus":"two"}""", "cpus: 'two' is not a number of processors from 0.01 to 10000, such as 2 or 0.5")]
    [InlineData("""{"config":[]}""", "config: [] is not an object, nested at most 60 levels deep, with finite numbers only")]
    [InlineData(
        """{"config":{"a":[1e999]}}""",
        "config: {\"a\":[1e999]} is not an object, nested at most 60 levels deep, with finite numbers only")]
    [InlineData("""{"tags":{}}""", "tags: {} is not a list of texts")]
    [InlineData("""{"tag":[true]}""", "tags: [true] is not a list of texts")]
    public void An_invalid_value_is_reported_with_its_key(string json, string expected) => Problem(json).Should().Be(expected);

    [Theory]
    [InlineData("""{"env":["A=1"]}""")]
    [InlineData("""{"env":{"A":true}}""")]
    [InlineData("""{"env":{"":"1"}}""")]
    [InlineData("""{"env":{"A=B":"1"}}""")]
    [InlineData("""{"env":{"A\u0000":"1"}}""")]
    [InlineData("""{"env":{"A":"1\u0000"}}""")]
    public void An_environment_that_is_impossible_for_a_process_is_rejected(string json) => Problem(json).Should().StartWith("env: ");

    [Fact]
    public void The_first_of_several_invalid_values_is_reported_and_valid_ones_are_kept()
    {
        var spec = SubmitArgument.Read(Some.Json("""{"retries":-1,"hold":"x","id":"a","nonsense":1}"""));

        spec.Problem.Should().StartWith("retries: ");
        spec.Id.Should().Be("a", "the answer {id: false} needs it");
        spec.Unknown.Should().Equal("nonsense");
    }

    [Fact]
    public void A_value_of_a_job_is_never_nested_deeper_than_a_line_allows()
    {
        static string Nested(int levels) => string.Concat(Enumerable.Repeat("{\"a\":", levels)) + "1" + new string('}', levels);

        Problem($$"""{"config":{{Nested(61)}}}""").Should().StartWith("config: ").And.Contain("60 levels");
        Problem($$"""{"args":{{Nested(61)}}}""").Should().StartWith("args: ").And.Contain("60 levels");
        var deepest = Some.Written(Some.JobWith($$"""  "config":{{Nested(60)}},"x":{{Nested(60)}}  """));
        JsonDocument.Parse($$"""[{"sync":{"a":{{deepest}} } }]""", new() { MaxDepth = 64 }).Dispose();
        JobAttributes.TryRead(Some.Json($$"""{"id":"a","x":{{Nested(61)}} }"""), out _, out var problem).Should().BeFalse();
        problem.Should().StartWith("x: ");
    }

    [Fact]
    public void Any_object_is_read_or_rejected_with_a_problem() => Some.AnyJson.Sample(json =>
    {
        foreach (var attribute in JobAttributes.All)
        {
            var spec = SubmitArgument.Read(Some.Json($$"""{"{{attribute.Name}}":{{json}} }"""));

            spec.Problem?.Should().StartWith(attribute.Name);
            if (spec.Problem is null)
                _ = Some.Written(spec.Values);
        }

        if (Some.Json(json) is { ValueKind: JsonValueKind.Object } argument)
            _ = SubmitArgument.Read(argument);
    });

    private static SubmitArgument Read(string json)
    {
        var spec = SubmitArgument.Read(Some.Json(json));
        spec.Problem.Should().BeNull();
        return spec;
    }

    private static string? Problem(string json) => SubmitArgument.Read(Some.Json(json)).Problem;
}
