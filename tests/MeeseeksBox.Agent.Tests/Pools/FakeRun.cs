using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using MeeseeksBox.Plugins;

namespace MeeseeksBox.Agent.Tests.Pools;

/// <summary>A run of a job that records the reports of its task.</summary>
internal sealed class FakeRun(JobDescription job) : IJobRun
{
    private readonly TaskCompletionSource<int?> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public JobDescription Job => job;

    public ConcurrentDictionary<string, JsonNode?> Reported { get; } = new();

    public ConcurrentQueue<string> Logged { get; } = new();

    /// <summary>Completes with the pid that the task reported.</summary>
    public Task<int?> Pid => _started.Task;

    public string Stdout => Text("stdout_data");

    public string Stderr => Text("stderr_data");

    public void Started(int? pid = null) => _started.SetResult(pid);

    public void Report(string key, JsonNode? value) => Reported[key] = value;

    public void Log(string message) => Logged.Enqueue(message);

    private string Text(string key) =>
        Reported.TryGetValue(key, out var data) ? Encoding.UTF8.GetString(Convert.FromBase64String(data!.GetValue<string>())) : "";
}
