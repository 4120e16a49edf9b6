using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Text;
using MeeseeksBox.Agent.Listening;
using MeeseeksBox.Foundation.Tasks;
using MeeseeksBox.Protocol.Lines;

namespace MeeseeksBox.Agent.Tests.Listening;

/// <summary>Lines of every length arrive whole, and an idle connection holds no large buffer.</summary>
public sealed class ReadAheadStreamTests : IDisposable
{
    private readonly Socket _client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Socket _server;

    public ReadAheadStreamTests()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        _client.Connect(listener.LocalEndPoint!);
        _server = listener.Accept();
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _client.Dispose();
        _server.Dispose();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(510)]
    [InlineData(511)]
    [InlineData(512)]
    [InlineData(513)]
    [InlineData(16 * 1024)]
    [InlineData(1_000_000)]
    public async Task A_line_arrives_as_it_was_sent(int length)
    {
        await using var stream = new ReadAheadStream(_server);
        var lines = new LineReader(PipeReader.Create(stream, new StreamPipeReaderOptions(useZeroByteReads: true)), longest: 2_000_000);
        string[] sent = [.. Enumerable.Range(0, 3).Select(number => number + new string((char)('a' + number), length - 1))];

        foreach (var line in sent)
        {
            var sending = _client.SendAsync(Encoding.ASCII.GetBytes(line + "\n"), Stop);
            Encoding.ASCII.GetString((await lines.ReadAsync(Stop)).Line).Should().Be(line);
            _ = await sending;
        }

        _ = await _client.SendAsync("rest"u8.ToArray(), Stop);
        _client.Shutdown(SocketShutdown.Send);
        Encoding.ASCII.GetString((await lines.ReadAsync(Stop)).Line).Should().Be("rest");
        (await lines.ReadAsync(Stop)).Kind.Should().Be(LineKind.End);
    }

    [Fact]
    public async Task A_wait_without_a_buffer_ends_with_the_first_bytes_and_the_next_read_has_them()
    {
        await using var stream = new ReadAheadStream(_server);
        var wait = stream.ReadAsync(Memory<byte>.Empty, Stop).AsTask();
        wait.IsCompleted.Should().BeFalse();

        _ = await _client.SendAsync("abc\n"u8.ToArray(), Stop);

        (await wait).Should().Be(0);
        _server.Available.Should().Be(0, "they are read already");
        var buffer = new byte[3];
        (await stream.ReadAsync(buffer, Stop)).Should().Be(3);
        (await stream.ReadAsync(Memory<byte>.Empty, Stop)).Should().Be(0);
        (await stream.ReadAsync(buffer, Stop)).Should().Be(1);
    }

    [Fact]
    public async Task A_line_that_ends_a_held_answer_does_so_on_the_pool()
    {
        var arrival = new TaskCompletionSource<int>();
        var lines = new LineReader(PipeReader.Create(new SlowStream(arrival.Task)), longest: 100);
        var isPoolThread = lines.WaitForNextAsync().ContinueWith(
            _ => Thread.CurrentThread.IsThreadPoolThread, Stop, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

        new Thread(() => arrival.SetResult(1)).Start();

        (await isPoolThread).Should().BeTrue();
        lines.IsNextAvailable.Should().BeTrue();
    }

    [Fact]
    public async Task What_follows_leaves_a_thread_that_is_not_of_the_pool()
    {
        var isPoolThread = new TaskCompletionSource<bool>();
        new Thread(() => _ = EnterAsync()).Start();

        (await isPoolThread.Task.WaitAsync(Stop)).Should().BeTrue();

        async Task EnterAsync()
        {
            await PoolThread.EnterAsync();
            isPoolThread.SetResult(Thread.CurrentThread.IsThreadPoolThread);
        }
    }

    // Has a line of one newline, read on the thread that completes the task.
    private sealed class SlowStream(Task<int> arrival) : MemoryStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = await arrival.ConfigureAwait(false);
            buffer.Span[0] = (byte)'\n';
            return count;
        }
    }
}
