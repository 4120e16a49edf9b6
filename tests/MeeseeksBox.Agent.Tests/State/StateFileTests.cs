using System.Text.Json;
using MeeseeksBox.Agent.State;
using MeeseeksBox.Agent.Tests.Outputs;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Testing;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace MeeseeksBox.Agent.Tests.State;

/// <summary>The state files that a box loads (docs/SPECIFICATION.md#state-file).</summary>
public sealed class StateFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Errors _errors = new();

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

    public void Dispose() => _folder.Dispose();

    private IReadOnlyList<Job> Load(string text)
    {
        using var log = new LoggerConfiguration().WriteTo.Sink(_errors).CreateLogger();
        using var file = StateFile.Open(_folder.Write("state", text), TimeProvider.System, log);
        return file.Load(NoOutputs.Store);
    }

    private static JsonElement Json(Job job)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
            JobAttributes.Write(writer, job, OutputForm.Text);
        return JsonElement.Parse(stream.ToArray());
    }

    private static string Text(JsonElement job, string key) => job.TryGetProperty(key, out var value) ? value.ToString() : "";

    private sealed class Errors : ILogEventSink
    {
        public List<string> Lines { get; } = [];

        public void Emit(LogEvent logEvent)
        {
            if (logEvent.Level is LogEventLevel.Error)
                Lines.Add(logEvent.RenderMessage());
        }
    }
}
