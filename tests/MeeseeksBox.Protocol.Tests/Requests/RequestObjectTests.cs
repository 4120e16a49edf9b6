using CsCheck;
using MeeseeksBox.Protocol.Requests;

namespace MeeseeksBox.Protocol.Tests.Requests;

// docs/SPECIFICATION.md#request-objects
public sealed class RequestObjectTests
{
    private static readonly string[] Keys =
        ["status", "nodes", "pools", "submit", "query", "job", "get", "ls", "kill", "modify", "config", "sync", "tail", "options"];

    [Theory]
    [InlineData("""{"status":{}}""", typeof(StatusRequest))]
    [InlineData("""{"nodes":0}""", typeof(NodesRequest))]
    [InlineData("""{"pools":null}""", typeof(PoolsRequest))]
    [InlineData("""{"submit":{}}""", typeof(SubmitRequest))]
    [InlineData("""{"query":"a"}""", typeof(QueryRequest))]
    [InlineData("""{"job":"a"}""", typeof(QueryRequest))]
    [InlineData("""{"get":{}}""", typeof(GetRequest))]
    [InlineData("""{"ls":{}}""", typeof(LsRequest))]
    [InlineData("""{"kill":"a"}""", typeof(KillRequest))]
    [InlineData("""{"suspend":{"tag":"x"}}""", typeof(SuspendRequest))]
    [InlineData("""{"resume":["a"]}""", typeof(SuspendRequest))]
    [InlineData("""{"modify":{"a":{}}}""", typeof(ModifyRequest))]
    [InlineData("""{"config":{}}""", typeof(ConfigRequest))]
    [InlineData("""{"sync":{}}""", typeof(SyncRequest))]
    [InlineData("""{"tail":{"id":"a"}}""", typeof(TailRequest))]
    public void Each_key_is_one_request(string json, Type expected) => Single(json).Should().BeOfType(expected);

    [Fact]
    public void Several_requests_share_an_object_and_keep_their_order()
    {
        var requests = Read("""{"get":{"seq":3},"sync":{},"nodes":{},"bogus":1,"query":"a","job":"b"}""").Requests;

        requests.Select(request => request.Key).Should().Equal("get", "sync", "nodes", "query", "job");
    }

    [Fact]
    public void Unknown_keys_are_ignored() => Read("""{"bogus":[1],"Status":{}}""").Requests.Should().BeEmpty();

    [Theory]
    [InlineData("""{"options":{"pretty":true}}""", true)]
    [InlineData("""{"options":{"pretty":1}}""", true)]
    [InlineData("""{"options":{"pretty":"1"}}""", true)]
    [InlineData("""{"options":{"pretty":false}}""", false)]
    [InlineData("""{"options":{"pretty":"very"}}""", false)]
    [InlineData("""{"options":{}}""", false)]
    [InlineData("""{"options":5}""", false)]
    [InlineData("{}", false)]
    public void Options_may_request_an_indented_answer_and_are_not_a_request(string json, bool pretty)
    {
        var read = Read(json);

        read.Options.Pretty.Should().Be(pretty);
        read.Requests.Should().BeEmpty();
    }

    [Fact]
    public void An_invalid_argument_affects_its_element_only()
    {
        using var line = RequestLine.Parse(Some.Line("""[{"ls":{}},{"ls":{},"get":true},5,{"job":"a"}]"""), out _);

        var problems = line!.Elements.Select(element => RequestObject.Read(element, out var problem) is null ? problem : null);

        problems.Should().Equal(
            null,
            "get: true is not an id, a list of ids or a filter like {\"state\":\"running\"}",
            "5 is not a request; it must be an object like {\"status\":{}}",
            null);
    }

    [Theory]
    [InlineData("""{"submit":[]}""", "submit: [] is not a job spec; *")]
    [InlineData("""{"query":null}""", "query: null is not the id of a job")]
    [InlineData("""{"job":["a"]}""", "job: [\"a\"] is not the id of a job")]
    [InlineData("""{"ls":7.5,"kill":true}""", "kill: true is not an id*")]
    [InlineData("""{"modify":{"a":1}}""", "modify: {\"a\":1} is not an object of jobs*")]
    [InlineData("""{"modify":[]}""", "modify: *")]
    [InlineData("""{"config":"x"}""", "config: 'x' is not an object of settings")]
    [InlineData("""{"sync":[]}""", "sync: * is not an object of jobs")]
    public void An_invalid_argument_is_reported_with_its_request(string json, string expected)
    {
        RequestObject.Read(Some.Json(json), out var problem).Should().BeNull();

        problem!.Replace("[]", "").Replace("[\"a\"]", "").Should().Match(expected.Replace("[]", "").Replace("[\"a\"]", ""));
    }

    [Fact]
    public void A_duplicate_request_in_one_object_is_rejected()
    {
        RequestObject.Read(Some.Json("""{"submit":{"id":"a"},"submit":{"id":"b"}}"""), out var problem).Should().BeNull();

        problem.Should().Be("submit: duplicate key in one object; give each request an object of its own");
    }

    [Fact]
    public void An_invalid_spec_is_rejected_by_submit_itself()
    {
        var submit = (SubmitRequest)Single("""{"submit":{"id":"a","retries":"x"}}""");

        submit.Spec.Problem.Should().StartWith("retries: ");
        submit.Spec.Id.Should().Be("a");
    }

    [Theory]
    [InlineData("\"a\"", "a")]
    [InlineData("7", "7")]
    [InlineData("""["a"]""", null)]
    [InlineData("""{"tag":"a"}""", null)]
    public void Kill_distinguishes_a_single_id_from_a_list_and_a_filter(string argument, string? id)
    {
        var kill = (KillRequest)Single($$"""{"kill":{{argument}} }""");

        kill.Id.Should().Be(id);
        kill.Filter.IsEmpty.Should().BeFalse();
    }

    [Fact]
    public void An_empty_filter_of_kill_is_empty() => ((KillRequest)Single("""{"kill":{}}""")).Filter.IsEmpty.Should().BeTrue();

    [Theory]
    [InlineData("""{"sync":{"a":{"pool":"p1"}}}""")]
    [InlineData("""{"sync":{"a":{"id":null,"pool":"p1"}}}""")]
    [InlineData("""{"sync":{"a":{"id":"","pool":"p1"}}}""")]
    [InlineData("""{"sync":{"a":{"id":"a","pool":"p1"}}}""")]
    public void A_job_in_sync_without_an_id_has_its_key_as_the_id(string json)
    {
        var sync = (SyncRequest)Single(json);

        sync.Problems.Should().BeEmpty();
        sync.Jobs.Select(job => (job.Id, job.Spec.Pool)).Should().Equal(("a", "p1"));
    }

    [Fact]
    public void An_invalid_job_in_sync_does_not_affect_the_others()
    {
        var sync = (SyncRequest)Single("""{"sync":{"a":{"id":"a"},"b":{"id":"b","rc":"x"},"c":{"id":"d"},"e":5,"f":{"id":"f"}}}""");

        sync.Jobs.Select(job => job.Id).Should().Equal("a", "f");
        sync.Problems.Should().Equal(
            "b: rc: 'x' is not a whole number", "c: id: the job under the key 'c' has the id 'd'", "e: 5 is not a job");
    }

    [Fact]
    public void Any_value_is_read_or_rejected_with_a_problem() => Some.AnyJson.Sample(json =>
    {
        foreach (var text in (string[])[json, .. Keys.Select(key => $$"""{"{{key}}":{{json}} }""")])
        {
            var read = RequestObject.Read(Some.Json(text), out var problem);

            (read is null).Should().Be(problem is not null);
        }
    });

    private static RequestObject Read(string json)
    {
        var read = RequestObject.Read(Some.Json(json), out var problem);
        problem.Should().BeNull();
        return read!;
    }

    private static Request Single(string json) => Read(json).Requests.Should().ContainSingle().Subject.Value;
}
