using System.Text;
using System.Text.Json;
using CsCheck;
using MeeseeksBox.Foundation.Json;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Protocol.Tests.Jobs;

// docs/SPECIFICATION.md#status-attributes
public sealed class JobAttributesTests
{
    [Fact]
    public void A_job_that_was_written_and_read_again_is_the_same() => SomeJob.Any.Sample(job =>
    {
        var again = Some.Job(Some.Written(job).GetRawText());

        again.Should().BeEquivalentTo(job, options => options.ComparingByValue<JsonElement>().Using<JsonElement>(
            context => Some.Same(context.Subject, context.Expectation).Should().BeTrue()).WhenTypeIs<JsonElement>());
    });

    [Fact]
    public void No_key_is_written_twice() => Gen.Select(SomeJob.Any, Gen.Int[0, JobAttributes.All.Length - 1].Array[0, 4]).Sample(
        (job, cleared) =>
        {
            foreach (var attribute in cleared.Select(index => JobAttributes.All[index]))
                job = attribute.Read(job, Some.Json("null"), out _);

            Some.Written(job).EnumerateObject().Select(property => property.Name).Should().OnlyHaveUniqueItems();
        });

    [Fact]
    public void Any_value_is_a_job_that_can_be_sent_or_a_problem() => Some.AnyJson.Sample(json =>
    {
        var names = JobAttributes.All.Select(attribute => attribute.Name).Append("own");
        foreach (var text in names.Select(name => $$"""{"id":"a","{{name}}":{{json}} }""").Prepend(json))
        {
            var read = JobAttributes.TryRead(Some.Json(text), out var job, out var problem);

            read.Should().Be(problem is null);
            if (read)
            {
                var line = Some.Json($$"""[{"sync":{"a":{{Some.Written(job!)}} } }]""");
                JobAttributes.TryRead(line[0].GetProperty("sync").GetProperty("a"), out _, out problem).Should().BeTrue(problem);
            }
        }
    });

    [Fact]
    public void A_job_keeps_the_bytes_that_are_not_UTF8()
    {
        const string Text = """
            {"id":"a","pool":"p","args":["ls","a\udcff\ud83d\ude00"],"stdin":"\udc80","stdout":"/o\udcff","stderr":"/e\udcfe",
             "cwd":"/\udcff","env":{"A":"\udcff"},"tags":["t\udcff"],"config":{"b":["\udcff"]},"error":"no \udcff","own":{"c":"\udcff"}}
            """;
        var job = Some.Job(Text);

        job.Spec.Args[1].Should().Be("a\udcff\U0001F600");
        var line = Some.Json(Encoding.UTF8.GetString(JobAttributes.LineOf(job).Span));
        var copy = Some.Job(line.GetRawText());
        JobAttributes.All.Where(attribute => !attribute.IsSame(job, copy)).Select(attribute => attribute.Name).Should().BeEmpty();
        foreach (var property in Some.Json(Text).EnumerateObject())
            LosslessJson.AreSame(line.GetProperty(property.Name), property.Value).Should().BeTrue(property.Name);
    }

    [Fact]
    public void An_id_holds_no_bytes() =>
        JobAttributes.TryRead(Some.Json("""{"id":"a\udcff"}"""), out _, out _).Should().BeFalse();

    [Theory]
    [InlineData("""{"id":"\ud800"}""")]
    [InlineData("""{"id":"a","x":{"y":["\udc00"]}}""")]
    [InlineData("""{"id":"a","\ud800":1}""")]
    [InlineData("""{"id":"a","config":{"\ud800":1}}""")]
    public void A_job_with_half_of_a_surrogate_pair_is_rejected(string json)
    {
        JobAttributes.TryRead(Some.Json(json), out _, out var problem).Should().BeFalse();

        problem.Should().Contain("not valid Unicode");
        FluentActions.Invoking(() => JsonSerializer.Deserialize(json, WireContext.Default.Job)).Should().Throw<JsonException>();
    }

    [Fact]
    public void A_job_with_broken_UTF8_is_rejected()
    {
        byte[] json = [.. "{\"id\":\"a\",\"x\":\""u8, 0xC3, .. "\"}"u8];
        using var document = JsonDocument.Parse(json);

        JobAttributes.TryRead(document.RootElement, out _, out var problem).Should().BeFalse();

        problem.Should().Contain("not valid Unicode");
    }

    [Theory]
    [InlineData("5", "5 is not a job")]
    [InlineData("null", "null is not a job")]
    [InlineData("{}", "id: a job must have one")]
    [InlineData("""{"id":""}""", "id: a job must have one")]
    [InlineData("""{"id":"a","ts":"soon"}""", "ts: 'soon' is not a time in seconds since 1970")]
    [InlineData("""{"id":"a","ts":1e12}""", "ts: 1e12 is not a time in seconds since 1970")]
    [InlineData("""{"id":"a","rc":3000000000}""", "rc: 3000000000 is not a whole number")]
    [InlineData("""{"id":"a","x":1e999}""", "x: 1e999 is not a value, nested at most 60 levels deep, with finite numbers only")]
    public void An_invalid_job_is_rejected_with_the_name_of_the_key(string json, string expected)
    {
        JobAttributes.TryRead(Some.Json(json), out _, out var problem).Should().BeFalse();

        problem.Should().Be(expected);
    }

    [Theory]
    [InlineData("{}", "a", null)]
    [InlineData("""{"id":null}""", "a", null)]
    [InlineData("""{"id":"a"}""", "a", null)]
    [InlineData("""{"id":7}""", "7", null)]
    [InlineData("""{"id":"b"}""", "a", "id: the job under the key 'a' has the id 'b'")]
    [InlineData("{}", "", "id: a job must have one")]
    [InlineData("""{"rc":"x"}""", "a", "rc: 'x' is not a whole number")]
    public void The_id_of_a_job_is_its_key_and_any_other_is_a_problem(string json, string key, string? expected)
    {
        var read = JobAttributes.TryRead(Some.Json(json), key, out var job, out var problem);

        problem.Should().Be(expected);
        (read, job?.Id).Should().Be((expected is null, expected is null ? key : null));
    }

    [Fact]
    public void Unknown_keys_are_kept_and_sent_unchanged()
    {
        var job = Some.JobWith("""  "progress":0.50,"gpu":{"id":[1,null]},"":1,"note":null  """);

        var written = Some.Written(job);

        written.GetProperty("progress").GetRawText().Should().Be("0.50");
        written.GetProperty("gpu").GetRawText().Should().Be("""{"id":[1,null]}""");
        written.GetProperty("").GetRawText().Should().Be("1");
        written.GetProperty("note").GetRawText().Should().Be("null");
    }

    [Fact]
    public void A_second_value_of_an_unknown_key_replaces_the_first_and_keeps_other_keys()
    {
        var job = JobAttributes.Change(Some.JobWith("\"a\":1,\"b\":2"), Some.Json("""{"a":3}"""), out var problem);

        problem.Should().BeNull();
        Some.Written(job).GetProperty("a").GetInt32().Should().Be(3);
        Some.Written(job).GetProperty("b").GetInt32().Should().Be(2);
    }

    [Theory]
    [InlineData("1795413155.4601493")]
    [InlineData("1795413170.0331037")]
    [InlineData("1795413165.98871")]
    [InlineData("1795413155.5029504")]
    public void Times_keep_every_digit(string time)
    {
        var written = Some.Written(Some.JobWith($"\"ts\":{time},\"submit_ts\":{time},\"start_ts\":{time}"));

        written.GetProperty("ts").GetRawText().Should().Be(time);
        written.GetProperty("submit_ts").GetRawText().Should().Be(time);
        written.GetProperty("start_ts").GetRawText().Should().Be(time);
    }

    [Fact]
    public void A_job_has_the_attributes_that_legacy_peers_need()
    {
        var names = Some.Written(new Job { Id = "a" }).EnumerateObject().Select(property => property.Name);

        names.Should().Contain(
            ["ts", "seq", "state", "node", "submit_node", "submit_ts", "start_count", "fail_count", "pool", "args", "tags"]);
    }

    [Fact]
    public void A_job_without_a_node_has_the_node_false()
    {
        var written = Some.Written(new Job { Id = "a" });

        written.GetProperty("node").ValueKind.Should().Be(JsonValueKind.False);
        written.GetProperty("submit_node").ValueKind.Should().Be(JsonValueKind.False);
    }

    [Theory]
    [InlineData("stdin")]
    [InlineData("stdout")]
    [InlineData("stderr")]
    [InlineData("runtime")]
    [InlineData("memory")]
    [InlineData("cpus")]
    [InlineData("config")]
    [InlineData("env")]
    [InlineData("cwd")]
    public void A_cleared_spec_attribute_is_sent_as_null_until_it_is_set_again(string name)
    {
        JobAttributes.TryFind(name, out var attribute).Should().BeTrue();
        var value = Some.Json(name switch { "runtime" or "cpus" => "5", "memory" => "\"5M\"", "config" or "env" => "{}", _ => "\"/x\"" });
        var job = attribute!.Read(new Job { Id = "a" }, value, out _);

        var taken = attribute.Read(job, Some.Json("null"), out _);
        var copied = attribute.Copy(taken, job);
        var again = attribute.Read(taken, value, out _);

        Some.Written(taken).GetProperty(name).ValueKind.Should().Be(JsonValueKind.Null);
        Some.Written(copied).GetProperty(name).ValueKind.Should().Be(JsonValueKind.Null);
        Some.Written(Some.Job(Some.Written(taken).GetRawText())).GetProperty(name).ValueKind.Should().Be(JsonValueKind.Null);
        again.Should().BeEquivalentTo(job, options => options.ComparingByValue<JsonElement?>().Excluding(one => one.Spec.Config));
        again.Spec.Cleared.Should().BeNull();
    }

    [Theory]
    [InlineData("hold", "false")]
    [InlineData("restart", "false")]
    [InlineData("resubmit", "false")]
    [InlineData("retries", "0")]
    [InlineData("tags", "[]")]
    public void A_cleared_spec_attribute_with_a_default_is_sent_as_the_default(string name, string expected)
    {
        JobAttributes.TryFind(name, out var attribute).Should().BeTrue();

        var taken = attribute!.Read(new Job { Id = "a" }, Some.Json("null"), out _);

        Some.Written(taken).GetProperty(name).GetRawText().Should().Be(expected);
        taken.Spec.Cleared.Should().BeNull();
    }

    [Fact]
    public void Attributes_that_were_never_set_are_omitted()
    {
        var names = Some.Written(new Job { Id = "a" }).EnumerateObject().Select(property => property.Name);

        names.Should().NotContain(
        [
            "hold", "restart", "resubmit", "retries", "runtime", "stdin", "stdout", "stderr", "config", "env", "cwd", "nodes", "epoch",
            "memory", "cpus", "stdout_truncated", "cpu", "maxrss", "io",
        ]);
    }

    [Theory]
    [InlineData("\"start_count\":1", true)]
    [InlineData("\"fail_count\":1", true)]
    [InlineData("\"epoch\":1", true)]
    [InlineData("\"start_count\":1000000000,\"fail_count\":1", true)]
    [InlineData("\"start_count\":0", false)]
    public void Attributes_of_a_run_are_null_from_the_first_run_on(string counts, bool written)
    {
        var job = Some.Written(Some.JobWith(counts));

        foreach (var name in (string[])["start_ts", "end_ts", "pid", "rc", "error", "stdout_data", "stderr_data"])
        {
            job.TryGetProperty(name, out var value).Should().Be(written);
            value.ValueKind.Should().Be(written ? JsonValueKind.Null : JsonValueKind.Undefined);
        }
    }

    [Fact]
    public void A_value_of_a_run_is_written_unchanged()
    {
        var written = Some.Written(Some.JobWith("""
            "start_count":1,"rc":-9,"error":"exceeded","stdout_data":"aGVsbG8K","stdout_truncated":true
            """));

        written.GetProperty("rc").GetInt32().Should().Be(-9);
        written.GetProperty("error").GetString().Should().Be("exceeded");
        Encoding.UTF8.GetString(written.GetProperty("stdout_data").GetBytesFromBase64()).Should().Be("hello\n");
        written.GetProperty("stdout_truncated").GetBoolean().Should().BeTrue();
    }

    [Fact]
    public void The_usage_of_a_run_is_written_unchanged()
    {
        const string Usage = """
            "cpu":1.25,"maxrss":35651584,"io":{"read":512,"write":1024}
            """;

        var written = Some.Written(Some.JobWith($"\"start_count\":1,{Usage}"));

        written.GetRawText().Should().Contain(Usage);
    }

    [Theory]
    [InlineData("\"cpu\":-1")]
    [InlineData("\"maxrss\":\"much\"")]
    [InlineData("\"io\":5")]
    [InlineData("\"io\":{\"read\":[]}")]
    public void A_usage_of_another_form_is_an_error(string usage)
    {
        JobAttributes.TryRead(Some.Json($$"""{"id":"a",{{usage}}}"""), out _, out var problem).Should().BeFalse();

        problem.Should().Contain(" is not a");
    }

    [Fact]
    public void Settings_and_command_exclude_each_other()
    {
        var job = Some.Job("""{"id":"a","args":{"x":1}}""");

        Some.Written(job).GetProperty("args").GetRawText().Should().Be("""{"x":1}""");
        Some.Written(JobAttributes.Change(job, Some.Json("""{"args":["b"]}"""), out _))
            .GetProperty("args").GetRawText().Should().Be("""["b"]""");
    }

    [Theory]
    [InlineData("new", true, true, false)]
    [InlineData("running", true, true, false)]
    [InlineData("killed", true, false, false)]
    [InlineData("killed", false, false, true)]
    [InlineData("done", false, false, true)]
    [InlineData("failed", false, false, true)]
    public void A_job_has_ended_when_it_is_not_live_and_no_pool_holds_it(string state, bool active, bool live, bool ended)
    {
        var job = Some.JobWith($"\"state\":\"{state}\",\"active\":{(active ? 1 : 0)}");

        job.IsLive.Should().Be(live);
        job.HasEnded.Should().Be(ended);
    }
}
