using System.Text.Json;
using MeeseeksBox.Agent.State;
using MeeseeksBox.Agent.Tests.Outputs;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Testing;
using Serilog.Core;

namespace MeeseeksBox.Agent.Tests.State;

/// <summary>The state files that a box loads (docs/SPECIFICATION.md#state-file).</summary>
public sealed class StateFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly LoggedErrors _errors = new();

    public static TheoryData<string> Recorded => [.. Directory
        .EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Recordings"), "*.state.json", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(AppContext.BaseDirectory, path))];

    [Theory]
    [MemberData(nameof(Recorded))]
    public void No_job_of_a_state_file_of_any_version_is_left_out(string recorded)
    {
        var text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, recorded));
        var then = JsonElement.Parse(text).EnumerateObject().ToDictionary(job => job.Name, job => job.Value);

        var now = Load(text).ToDictionary(job => job.Id, Json);

        Recorded.Should().HaveCount(6, "a head and a node of each of three versions stored them");
        then.Should().HaveCountGreaterThan(5);
        now.Keys.Should().BeEquivalentTo(then.Keys);
        foreach (var (id, job) in then)
        {
            foreach (var key in new[] { "state", "stdout_data" })
                Text(now[id], key).Should().Be(Text(job, key), $"it is {key} of {id}");
        }

        _errors.Lines.Should().BeEmpty();
    }

    [Fact]
    public void Without_a_readable_file_an_error_is_logged_and_there_are_no_jobs()
    {
        _ = _folder.Write("state.1", "\0\0\0");

        Load("[]").Should().BeEmpty();

        _errors.Lines.Should().HaveCount(5).And.ContainSingle(error => error.Contains("starting without jobs"));
        Directory.GetFiles(_folder.Path, "state*.damaged-*").Should().HaveCount(2);
    }

    [Fact]
    public void Each_job_is_on_a_line_of_its_own_in_one_object()
    {
        Save().Should().Be("{}");

        var lines = Save("a", "b\"\\").Split('\n');

        lines.Should().HaveCount(4);
        (lines[0], lines[^1]).Should().Be(("{", "}"));
        JsonElement.Parse(string.Concat(lines)).EnumerateObject().Select(job => job.Name).Should().Equal("a", "b\"\\");
        Load(string.Join('\n', lines)).Select(job => job.Id).Should().Equal("a", "b\"\\");
        _errors.Lines.Should().BeEmpty();
    }

    [Theory]
    [InlineData("\"ts\":1", "\"ts\":x1")]
    [InlineData("\"ts\":1", "\"ts\":[]")]
    [InlineData("\"id\":\"b\"", "\"id\":\"c\"")]
    [InlineData("\"b\":{", "\"c\":{")]
    [InlineData("\"b\":{", "\"\\ud800\":{")]
    [InlineData("\"b\":{", "")]
    [InlineData("\"pool\":\"p\"", "\"pool\":\"\\udfff\"")]
    [InlineData("\"pool\":\"p\"", "\"pool\":\"p")]
    [InlineData("\"pool\":\"p\"", "\"pool\":\"p\n\"")]
    public void Damage_of_a_job_costs_only_this_one_and_a_copy_is_kept(string part, string damaged)
    {
        var text = Save("a", "b", "c");
        var start = text.IndexOf("\"b\":", StringComparison.Ordinal);
        var at = text.IndexOf(part, start, StringComparison.Ordinal);
        text = text[..at] + damaged + text[(at + part.Length)..];

        Load(text).Select(job => job.Id).Should().Equal("a", "c");

        _errors.Lines.Should().Contain(error => error.Contains("; 2 jobs read, ") && error.Contains("copy kept as"));
        File.ReadAllText(Directory.GetFiles(_folder.Path, "state.damaged-*").Single()).Should().Be(text);
    }

    [Theory]
    [InlineData(",\n", ",")]
    [InlineData(",\n", " \n")]
    [InlineData(",\n", ",xx\n")]
    [InlineData(",\n", ",X\"")]
    [InlineData(",\n", ",\nX")]
    [InlineData(",\n", "},\n")]
    [InlineData("{\n", "")]
    [InlineData("{\n", "\0\0")]
    [InlineData("\n}", "")]
    public void Damage_between_jobs_costs_none(string part, string damaged)
    {
        var text = Save("a", "b", "c");
        var at = text.IndexOf(part, StringComparison.Ordinal);

        Load(text[..at] + damaged + text[(at + part.Length)..]).Select(job => job.Id).Should().Equal("a", "b", "c");
    }

    [Theory]
    [InlineData("\"start_count\": 1", "\"start_count\"= 1", 1)]
    [InlineData("}, ", "}; ", 0)]
    public void Of_a_file_of_the_original_the_jobs_before_and_after_the_damage_are_read(string part, string damaged, int lost)
    {
        var text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, Recorded.First()));
        var ids = JsonElement.Parse(text).EnumerateObject().Select(job => job.Name).ToList();
        var at = text.IndexOf(part, text.IndexOf($"\"{ids[2]}\"", StringComparison.Ordinal), StringComparison.Ordinal);
        at.Should().BePositive();

        var jobs = Load(text[..at] + damaged + text[(at + part.Length)..]);

        jobs.Select(job => job.Id).Should().BeEquivalentTo(ids.Where((_, index) => lost is 0 || index != 2));
    }

    [Fact]
    public void An_older_copy_of_a_damaged_job_is_used_but_no_job_that_the_newer_file_does_not_have()
    {
        _ = Save("a", "b", "removed");
        File.Copy(_folder.File("state"), _folder.File("state.1"));

        Load(Save("a", "b").Replace("\"b\":{\"id\":\"b\"", "\"b\":{\"id\":\"b")).Select(job => job.Id).Should().Equal("a", "b");
    }

    [Fact]
    public void A_value_in_a_damaged_job_is_never_taken_for_a_job()
    {
        const string fake = """{"id":"fake","pool":"p","args":["x"],"uid":0,"submit_ts":1,"ts":1}""";
        var text = Save("a", "b", "c");
        var at = text.IndexOf("\"id\":\"b\"", StringComparison.Ordinal);
        var config = $$$"""x"config":{"fake":{{{fake}}},"other":{{{fake}}}},""";

        Load(text[..at] + config + text[at..]).Select(job => job.Id).Should().Equal("a", "c");
        Load((text[..at] + config + text[at..]).Replace("\n", "")).Select(job => job.Id).Should().Equal("a", "c");
    }

    [Fact]
    public void The_previous_file_is_used_when_the_newer_one_has_no_readable_job()
    {
        _ = Save("a");
        File.Copy(_folder.File("state"), _folder.File("state.1"));

        Load("{\"a\":5}").Select(job => job.Id).Should().Equal("a");
    }

    public void Dispose() => _folder.Dispose();

    private IReadOnlyCollection<Job> Load(string text)
    {
        using var log = _errors.CreateLogger();
        using var file = StateFile.Open(_folder.Write("state", text), TimeProvider.System, log);
        return file.Load(NoOutputs.Store);
    }

    private string Save(params string[] ids)
    {
        using (var file = StateFile.Open(_folder.File("state"), TimeProvider.System, Logger.None))
            file.Save(ids.Select(id => new Job { Id = id, Ts = 1, Spec = new() { Pool = "p", Args = ["x\ny"] } }));
        return File.ReadAllText(_folder.File("state"));
    }

    private static JsonElement Json(Job job)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
            JobAttributes.Write(writer, job, OutputForm.Text);
        return JsonElement.Parse(stream.ToArray());
    }

    private static string Text(JsonElement job, string key) => job.TryGetProperty(key, out var value) ? value.ToString() : "";
}
