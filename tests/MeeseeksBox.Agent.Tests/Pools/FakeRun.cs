using MeeseeksBox.Agent.Pools;
using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using MeeseeksBox.Agent.Pools.Processes;
using MeeseeksBox.Core.Runs;
using MeeseeksBox.Plugins;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Agent.Tests.Pools;

/// <summary>A run of a job that records the reports of its task.</summary>
internal sealed class FakeRun(JobDescription job) : IProcessRun
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

    public RunnerRun? Process { get; private set; }

    public void Attach(RunnerRun process) => Process = process;

    public void Started(int pid, double startTs) => _started.SetResult(pid);

    public void Report(string key, JsonNode? value) => Reported[key] = value;

    public RunAccount Account => RunAccount.OfBox;

    public FormerRun Identity { get; } = new(job.Id, 0, 0, 0);

    public RunTimeLimit Limit { get; } = new();

    /// <summary>The resources that the process has used.</summary>
    public RunUsage? Usage { get; private set; }

    public bool IsAbandoned { get; init; }

    public bool TryReportEnd(ProcessEnd end, Action<Task> recorded)
    {
        if (IsAbandoned)
            return false;

        recorded(Task.CompletedTask);
        Usage = end.Usage;
        Report("stdout", end.Outputs.Stdout, end.Outputs.StdoutSize);
        Report("stderr", end.Outputs.Stderr, end.Outputs.StderrSize);
        return true;
    }

    public void Log(string message) => Logged.Enqueue(message);

    private void Report(string stream, OutputData? output, long? size)
    {
        if (output is not null)
            Reported[$"{stream}_data"] = output.Text;
        if (size is not null)
            Reported[$"{stream}_truncated"] = true;
    }

    private string Text(string key) =>
        Reported.TryGetValue(key, out var data) ? Encoding.UTF8.GetString(Convert.FromBase64String(data!.GetValue<string>())) : "";
}
