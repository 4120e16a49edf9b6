using System.IO.Pipelines;
using System.Text.Json;
using MeeseeksBox.Agent.Requests;
using MeeseeksBox.Agent.State;
using MeeseeksBox.Agent.Tests.Outputs;
using MeeseeksBox.Core.Settings;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Lines;
using MeeseeksBox.Protocol.Requests;

namespace MeeseeksBox.Agent.Tests.Requests;

/// <summary>Held answers (docs/PROTOCOL.md#waiting-for-news).</summary>
public sealed class LongPollTests : IDisposable
{
    private readonly CountedTime _time = new();
    private readonly CoreHost _host;

    public LongPollTests() => _host = new CoreHost(new NodeSettings { Name = "n1" }, NoOutputs.Store, _time, problem => throw problem);

    [Fact]
    public async Task A_change_is_checked_for_all_readers_in_a_few_turns_of_the_core()
    {
        Submit("""{"id":"a","pool":"p","args":["x"]}""");
        Submit("""{"id":"b","pool":"p","args":["x"]}""");
        var longPoll = new LongPoll(_host, _time);
        using var cancel = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 200).Select(_ => WaitAsync(longPoll, "a", cancel.Token)).ToList();
        var other = WaitAsync(longPoll, "b", cancel.Token);
        readers.Should().OnlyContain(reader => !reader.IsCompleted);
        var before = _time.Turns;

        Submit("""{"id":"a","tags":["t"]}""");
        await Task.WhenAll(readers);

        (_time.Turns - before).Should().BeLessThan(40);
        other.IsCompleted.Should().BeFalse();
        Submit("""{"id":"b","tags":["t"]}""");
        await other;
    }

    public void Dispose() => _host.Dispose();

    private async Task WaitAsync(LongPoll longPoll, string id, CancellationToken stop)
    {
        var line = JsonElement.Parse($$"""{"get":{"ids":["{{id}}"],"seq":{{_host.Seq}}},"options":{"unassigned":true},"wait":60}""");
        var request = RequestObject.Read(line, out _)!;
        var answer = new ResponseWriter(PipeWriter.Create(Stream.Null), pretty: false, _ => default);
        await longPoll.WaitAsync(request, new NoLine(), answer, stop);
    }

    private void Submit(string spec) =>
        _host.Execute((core, now) => core.Submit(SubmitArgument.Read(JsonElement.Parse(spec)), now)).Error.Should().BeNull();

    private sealed class NoLine : ILineLookahead
    {
        public bool IsNextAvailable => false;

        public Task WaitForNextAsync() => new TaskCompletionSource().Task;
    }

    /// <summary>The clock of the system. Each turn of the core reads it once.</summary>
    private sealed class CountedTime : TimeProvider
    {
        private int _turns;

        public int Turns => Volatile.Read(ref _turns);

        public override DateTimeOffset GetUtcNow()
        {
            _ = Interlocked.Increment(ref _turns);
            return base.GetUtcNow();
        }
    }
}
