using System.Text.Json;
using CsCheck;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Protocol.Tests.Jobs;

// docs/SPECIFICATION.md#filters
public sealed class JobFilterTests
{
    [Theory]
    [InlineData("\"a\"", "a")]
    [InlineData("7", "7")]
    [InlineData("""["b","a","b"]""", "b,a")]
    [InlineData("[]", "")]
    [InlineData("""{"ids":["b","a"]}""", "b,a")]
    [InlineData("""{"ids":"a"}""", "a")]
    [InlineData("""{"id":"a"}""", "a")]
    [InlineData("""{"id":["a","b"]}""", "a,b")]
    [InlineData("""{"id":"a","ids":["a","b"]}""", "a")]
    [InlineData("""{"state":"done"}""", null)]
    [InlineData("\"a*\"", "a*")]
    public void Ids_are_kept_in_order(string json, string? expected)
    {
        var ids = Read(json).Ids;

        (ids is null ? null : string.Join(',', ids)).Should().Be(expected);
    }

    [Theory]
    [InlineData("""{"state":["new","run*"],"tag":"x","config":{"a":1},"ids":["a"],"seq":1,"ts":1,"active":1,"error":false}""", "")]
    [InlineData("""{"tga":"x"}""", "tga: not an attribute of jobs; did you mean tag?")]
    [InlineData("""{"color":"red"}""", "color: not an attribute of jobs")]
    [InlineData("""{"state":["done","dnoe"]}""", "state: 'dnoe' is not a state; the states are new, running, done, failed, killed")]
    [InlineData("""{"state":"x*"}""", "state: 'x*' is not a state; the states are new, running, done, failed, killed")]
    public void A_condition_that_no_job_can_meet_has_a_warning(string json, string expected)
    {
        string.Join('|', Read(json).Warnings).Should().Be(expected);
    }

    [Theory]
    [InlineData("""{"id":"job*"}""")]
    [InlineData("""{"ids":["x","job*"]}""")]
    public void A_pattern_among_ids_matches_by_prefix(string json)
    {
        var filter = Read(json);

        filter.Ids.Should().BeNull();
        filter.Matches(Some.Job("""{"id":"job7"}""")).Should().BeTrue();
        filter.Matches(Some.Job("""{"id":"jo"}""")).Should().BeFalse();
    }

    [Theory]
    [InlineData("5", 5L)]
    [InlineData("\"5\"", 5L)]
    [InlineData("0", 0L)]
    [InlineData("1e300", long.MaxValue)]
    public void Seq_means_newer_than(string json, long expected) => Read($$"""{"seq":{{json}} }""").NewerSeq.Should().Be(expected);

    [Fact]
    public void Ts_means_newer_than()
    {
        var filter = Read("""{"ts":1795413155.5}""");

        filter.Matches(Some.JobWith("\"ts\":1795413155.5")).Should().BeFalse();
        filter.Matches(Some.JobWith("\"ts\":1795413155.500001")).Should().BeTrue();
    }

    [Theory]
    [InlineData("""{"tag":"t1"}""", true)]
    [InlineData("""{"tags":"t1"}""", true)]
    [InlineData("""{"tag":"t*"}""", true)]
    [InlineData("""{"tag":["x","7"]}""", true)]
    [InlineData("""{"tag":7}""", true)]
    [InlineData("""{"tag":1.50}""", true)]
    [InlineData("""{"tag":"x"}""", false)]
    [InlineData("""{"tag":"T1"}""", false)]
    [InlineData("""{"tag":[]}""", false)]
    public void Tag_matches_any_tag_of_the_job(string json, bool expected) =>
        Read(json).Matches(Some.JobWith("\"tags\":[\"t1\",7,1.50]")).Should().Be(expected);

    [Theory]
    [InlineData("""{"pool":"p1"}""", true)]
    [InlineData("""{"pool":"p*"}""", true)]
    [InlineData("""{"pool":"*"}""", true)]
    [InlineData("""{"pool":["p2","p1"]}""", true)]
    [InlineData("""{"pool":["p2","p*"]}""", true)]
    [InlineData("""{"pool":["p2"]}""", false)]
    [InlineData("""{"pool":"p"}""", false)]
    [InlineData("""{"state":"running"}""", true)]
    [InlineData("""{"state":["done","running"]}""", true)]
    [InlineData("""{"state":"done"}""", false)]
    [InlineData("""{"state":"no such state"}""", false)]
    [InlineData("""{"active":true}""", true)]
    [InlineData("""{"active":1}""", true)]
    [InlineData("""{"active":"1"}""", true)]
    [InlineData("""{"active":0}""", false)]
    [InlineData("""{"hold":0}""", true)]
    [InlineData("""{"hold":false}""", true)]
    [InlineData("""{"hold":"0"}""", true)]
    [InlineData("""{"hold":1}""", false)]
    [InlineData("""{"restart":1}""", true)]
    [InlineData("""{"retries":"3"}""", true)]
    [InlineData("""{"retries":3.0}""", true)]
    [InlineData("""{"runtime":60}""", true)]
    [InlineData("""{"memory":104857600}""", true)]
    [InlineData("""{"memory":104857601}""", false)]
    [InlineData("""{"rc":null}""", true)]
    [InlineData("""{"rc":0}""", false)]
    [InlineData("""{"rc":[null,0]}""", true)]
    [InlineData("""{"node":"n1"}""", true)]
    [InlineData("""{"node":false}""", false)]
    [InlineData("""{"args":"/bin/echo*"}""", true)]
    [InlineData("""{"args":"/bin/echo hello"}""", true)]
    [InlineData("""{"env":"A=1 B=2"}""", true)]
    [InlineData("""{"env":"A=1*"}""", true)]
    [InlineData("""{"colour":"red"}""", true)]
    [InlineData("""{"colour":"r*"}""", true)]
    [InlineData("""{"heat":"9"}""", true)]
    [InlineData("""{"smell":null}""", true)]
    [InlineData("""{"smell":"none"}""", false)]
    [InlineData("""{"pool":"p1","state":"running","tag":"t1"}""", true)]
    [InlineData("""{"pool":"p1","state":"running","tag":"t2"}""", false)]
    [InlineData("{}", true)]
    public void Any_attribute_is_a_condition_and_all_must_hold(string json, bool expected)
    {
        var job = Some.Job("""
            {"id":"a","pool":"p1","args":["/bin/echo","hello"],"node":"n1","state":"running","active":true,
            "restart":1,"retries":3,"runtime":60.0,"memory":104857600,"tags":["t1"],"env":{"B":2,"A":"1"},"colour":"red","heat":9}
            """);

        Read(json).Matches(job).Should().Be(expected);
    }

    [Fact]
    public void A_job_without_a_node_matches_false()
    {
        var job = Some.JobWith("\"node\":false");

        Read("""{"node":false}""").Matches(job).Should().BeTrue();
        Read("""{"node":0}""").Matches(job).Should().BeTrue();
        Read("""{"node":"n*"}""").Matches(job).Should().BeFalse();
    }

    [Fact]
    public void Only_a_filter_without_any_condition_is_empty()
    {
        Read("{}").IsEmpty.Should().BeTrue();
        Read("[]").IsEmpty.Should().BeFalse("its list of ids is empty");
        Read("""{"seq":0}""").IsEmpty.Should().BeFalse();
        Read("""{"ts":0}""").IsEmpty.Should().BeFalse();
        Read("""{"colour":null}""").IsEmpty.Should().BeFalse();
    }

    [Theory]
    [InlineData("true", "true is not an id, a list of ids or a filter like {\"state\":\"running\"}")]
    [InlineData("null", "null is not an id, a list of ids or a filter like {\"state\":\"running\"}")]
    [InlineData("[{}]", "[{}] is not an id, a list of ids or a filter like {\"state\":\"running\"}")]
    [InlineData("""{"ids":{}}""", "{} is not an id, a list of ids or a filter like {\"state\":\"running\"}")]
    [InlineData("""{"seq":"x"}""", "seq: 'x' is not a number")]
    [InlineData("""{"seq":null}""", "seq: null is not a number")]
    [InlineData("""{"ts":[1]}""", "ts: [1] is not a number")]
    public void An_invalid_filter_is_rejected(string json, string expected)
    {
        JobFilter.Read(Some.Json(json), out var problem).Should().BeNull();

        problem.Should().Be(expected);
    }

    [Fact]
    public void Any_value_is_read_or_rejected_with_a_problem() => Gen.Select(Some.AnyJson, SomeJob.Any).Sample((json, job) =>
    {
        var filter = JobFilter.Read(Some.Json(json), out var problem);

        (filter is null).Should().Be(problem is not null);
        _ = filter?.Matches(job);
    });

    [Fact]
    public void A_job_matches_each_of_its_attributes() => SomeJob.Any.Sample(job =>
    {
        foreach (var property in Some.Written(job).EnumerateObject())
        {
            // A list matches any item, env and io match as text, id and seq are looked up, ts means "newer than", an unset flag is false.
            if (property.Value.ValueKind is JsonValueKind.Array
                || property.Name is "env" or "io" or "id" or "seq" or "ts" or "stdout_truncated" or "stderr_truncated")
            {
                continue;
            }

            var filter = Read($$"""{{{JsonSerializer.Serialize(property.Name)}}:{{property.Value.GetRawText()}} }""");

            filter.Matches(job).Should().BeTrue($"it has {property}");
        }
    });

    private static JobFilter Read(string json)
    {
        var filter = JobFilter.Read(Some.Json(json), out var problem);
        problem.Should().BeNull();
        return filter!;
    }
}
