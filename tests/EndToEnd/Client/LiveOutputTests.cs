using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using MeeseeksBox.Client.Tests;

namespace MeeseeksBox.EndToEnd.Client;

/// <summary>The output of running jobs in the client (docs/SPECIFICATION.md#client-output).</summary>
public sealed class LiveOutputTests : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, string> _states = new() { ["a"] = "running" };
    private readonly ConcurrentDictionary<(string Id, string Stream), Channel> _outputs = [];
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly FakeBox _box;
    private string? _refusal;

    public LiveOutputTests() => _box = new FakeBox(AnswerAsync);

    public ValueTask DisposeAsync() => _box.DisposeAsync();

    [Fact]
    public async Task Out_prints_what_a_running_job_has_printed_so_far()
    {
        await PrintAsync("a", "stdout", "one\n\t\0part"u8.ToArray());
        await PrintAsync("a", "stderr", "oops"u8.ToArray());

        (await RunAsync("out", "a")).Should().BeEquivalentTo(new { Status = 0, Output = "one\n\t\0part", Errors = "" });
        (await RunAsync("err", "a")).Should().BeEquivalentTo(new { Status = 0, Output = "oops", Errors = "" });
    }

    [Fact]
    public async Task Follow_prints_output_as_it_comes()
    {
        using var client = Start("out", "follow=1", "a");

        await PrintAsync("a", "stdout", "one\n"u8.ToArray());
        (await client.StandardOutput.ReadLineAsync(Stop)).Should().Be("one");
        await PrintAsync("a", "stdout", "two\n"u8.ToArray());
        (await client.StandardOutput.ReadLineAsync(Stop)).Should().Be("two");
        End();

        (await ClientProgram.EndAsync(client)).Should().BeEquivalentTo(new { Status = 0, Output = "", Errors = "" });
    }

    [Fact]
    public async Task A_gap_and_another_run_are_messages_between_the_parts()
    {
        using var client = Start("out", "follow=1", "a");
        await PrintAsync("a", "stdout", "one\n"u8.ToArray(), missing: 7);
        (await client.StandardOutput.ReadLineAsync(Stop)).Should().Be("one");
        await PrintAsync("a", "stdout", "two\n"u8.ToArray(), run: 2);
        (await client.StandardOutput.ReadLineAsync(Stop)).Should().Be("two");
        End();

        (await ClientProgram.EndAsync(client)).Errors.Should().Be(
            "meeseeks-client: warning: job 'a': 7 bytes of its stdout are missing, they were over the pool's output_limit\n"
            + "meeseeks-client: job 'a' runs again (run 2)\n");
    }

    [Fact]
    public async Task Sub_wait_prints_both_streams_as_they_come()
    {
        using var client = Start("sub", "wait=1", "id=a", "p", "make");

        await PrintAsync("a", "stdout", "no line end"u8.ToArray());
        await ReadAsync(client.StandardOutput, "no line end");
        await PrintAsync("a", "stderr", "oops\n"u8.ToArray());
        (await client.StandardError.ReadLineAsync(Stop)).Should().Be("oops");
        End();

        (await ClientProgram.EndAsync(client)).Should().BeEquivalentTo(new { Status = 3, Output = "", Errors = "" });
    }

    [Fact]
    public async Task Sub_wait_prints_whole_lines_of_several_jobs()
    {
        _states["b"] = "running";
        using var client = Start("sub", "wait=1", "p@n1,n2", "make");

        await PrintAsync("a", "stdout", "a be"u8.ToArray());
        await PrintAsync("b", "stdout", "b begins\nb en"u8.ToArray());
        (await client.StandardOutput.ReadLineAsync(Stop)).Should().Be("b begins");
        await PrintAsync("a", "stdout", "gins\n"u8.ToArray());
        (await client.StandardOutput.ReadLineAsync(Stop)).Should().Be("a begins");
        await PrintAsync("b", "stdout", "ds"u8.ToArray());
        End();

        (await ClientProgram.EndAsync(client)).Should().BeEquivalentTo(new { Status = 3, Output = "b ends" });
    }

    [Fact]
    public async Task Output_that_cannot_be_followed_is_printed_at_the_end()
    {
        _refusal = "node 'n' is offline";
        using var client = Start("sub", "wait=1", "id=a", "p", "make");

        (await client.StandardError.ReadLineAsync(Stop)).Should().Be("meeseeks-client: node 'n' is offline");
        _states["a"] = "failed";
        _over.SetResult();

        var run = await ClientProgram.EndAsync(client);
        run.Should().BeEquivalentTo(new { Status = 3, Output = "kept\n", Errors = "" });
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static async Task ReadAsync(StreamReader reader, string expected)
    {
        var buffer = new char[expected.Length];
        await reader.ReadBlockAsync(buffer, Stop);
        new string(buffer).Should().Be(expected);
    }

    private Process Start(params string[] words) => ClientProgram.Start($"address=127.0.0.1 port={_box.Port} timeout=30", words);

    private Task<ClientRun> RunAsync(params string[] words) => ClientProgram.EndAsync(Start(words));

    private void End()
    {
        foreach (var id in _states.Keys)
            _states[id] = "failed";

        _over.SetResult();
        foreach (var output in _outputs.Values)
            output.End();
    }

    private Task PrintAsync(string id, string stream, byte[] bytes, int run = 1, long missing = 0)
    {
        Output(id, stream).Print(bytes, run, missing);
        return Task.CompletedTask;
    }

    private Channel Output(string id, string stream) => _outputs.GetOrAdd((id, stream), _ => new Channel());

    private async Task<string?> AnswerAsync(JsonElement request)
    {
        if (request.TryGetProperty("tail", out var tail))
        {
            if (_refusal is not null)
                return $$"""{"tail":false,"error":"{{_refusal}}","code":"refused"}""";

            var output = Output(tail.GetProperty("id").GetString()!, tail.GetProperty("stream").GetString()!);
            return await output.AnswerAsync(tail.GetProperty("offset").GetInt64(), request.TryGetProperty("wait", out _));
        }

        if (request.TryGetProperty("job", out var id))
            return $$"""{"job":{{Job(id.GetString()!)}}}""";

        if (request.TryGetProperty("submit", out _))
            return $$"""{"submit":{{Jobs()}}}""";

        if (request.TryGetProperty("wait", out _))
            await _over.Task;

        return request.TryGetProperty("get", out _) ? $$"""{"get":{{Jobs()}},"seq":{{(_over.Task.IsCompleted ? 2 : 1)}}}"""
            : request.TryGetProperty("ls", out _) ? $"{{\"ls\":{JsonSerializer.Serialize(_states.Keys)}}}"
            : """{"nodes":{},"pools":{"p":{"n":true}},"nodes_seq":1}""";
    }

    private string Jobs() => $"{{{string.Join(',', _states.Keys.Order().Select(id => $"\"{id}\":{Job(id)}"))}}}";

    private string Job(string id) =>
        $$"""{"id":"{{id}}","pool":"p","args":["x"],"node":"n","state":"{{_states[id]}}","active":{{(_states[id] is "running"
            ? "true" : "false")}},"ts":1,"seq":1,"start_count":1,"rc":3,"stdout_data":"a2VwdAo="}""";

    /// <summary>The parts of an output, by their offsets.</summary>
    private sealed class Channel
    {
        private readonly Lock _lock = new();
        private readonly Dictionary<long, string> _parts = [];
        private long _offset;
        private int _run = 1;
        private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Print(byte[] bytes, int run, long missing)
        {
            lock (_lock)
            {
                var next = _offset + bytes.Length + missing;
                var data = Convert.ToBase64String(bytes);
                var counts = $"\"offset\":{next},\"run\":{run},\"missing\":{missing}";
                _parts[_offset] = $$$"""{"tail":{"data":"{{{data}}}","ended":false,{{{counts}}}}}""";
                (_offset, _run) = (next, run);
                _more.SetResult();
                _more = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }

        public void End()
        {
            lock (_lock)
            {
                _parts[_offset] = $$$"""{"tail":{"data":"","offset":{{{_offset}}},"ended":true,"run":{{{_run}}}}}""";
                _more.SetResult();
            }
        }

        public async Task<string?> AnswerAsync(long offset, bool waits)
        {
            while (true)
            {
                Task more;
                lock (_lock)
                {
                    if (_parts.TryGetValue(offset, out var part))
                        return part;

                    if (!waits)
                        return $$$"""{"tail":{"data":"","offset":{{{offset}}},"ended":false,"run":{{{_run}}}}}""";

                    more = _more.Task;
                }

                await more;
            }
        }
    }
}
