using System.Diagnostics;
using System.IO.Pipes;
using System.Text;
using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.Runner.Loop;
using MeeseeksBox.Runner.Output;
using MeeseeksBox.Testing;

namespace MeeseeksBox.Agent.Tests.Pools.Processes;

// docs/RUNNER.md#loop
public sealed class RunOutputTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly EventLoop _loop = new();

    public RunOutputTests() => new Thread(_loop.Run) { IsBackground = true }.Start();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _loop.Post(_loop.Stop);
        _folder.Dispose();
    }

    // A named pipe without a reader stands for a file on a disk that hangs.
    [Fact]
    public async Task While_the_spool_of_a_run_hangs_the_run_waits_and_others_go_on()
    {
        var spool = _folder.File("hangs");
        using (var made = Process.Start("mkfifo", spool))
            await made.WaitForExitAsync(Stop);
        using var hanging = new JobOutput(this, "hangs");
        using var other = new JobOutput(this, "other");

        hanging.Print("first");
        hanging.Follow();
        other.Follow();
        await Task.Run(() => other.Print(new string('x', 1_000_000)), Stop);
        other.Dispose();
        await other.Closed.WaitAsync(Stop);
        hanging.Dispose();
        var wasClosed = hanging.Closed.IsCompleted;
        using (File.OpenRead(spool))
            await hanging.Closed.WaitAsync(Stop);

        wasClosed.Should().BeFalse();
        other.Total.Should().Be(1_000_000);
        new FileInfo(_folder.File("other")).Length.Should().Be(1000);
    }

    [Fact]
    public async Task What_was_printed_before_it_is_followed_is_kept()
    {
        using var stream = new JobOutput(this, "early");
        stream.Print("early");
        stream.Dispose();

        stream.Follow();
        await stream.Closed.WaitAsync(Stop);

        File.ReadAllText(_folder.File("early")).Should().Be("early");
    }

    [Fact]
    public async Task An_output_that_is_discarded_while_it_is_followed_leaves_no_file()
    {
        using var stream = new JobOutput(this, "discarded");
        stream.Print("kept");
        stream.Follow();
        await Wait.Until(() => stream.Total is 4, () => $"{stream.Total}", Stop);

        stream.Discard();
        stream.Print("dropped");
        stream.Dispose();
        await stream.Closed.WaitAsync(Stop);

        stream.Total.Should().Be(4);
        await Wait.Until(() => !File.Exists(_folder.File("discarded")), () => "it is there", Stop);
    }

    private sealed class JobOutput : IDisposable
    {
        private const int SetFlags = 4;

        private readonly EventLoop _loop;
        private readonly RunOutput _output;
        private readonly AnonymousPipeServerStream _process = new(PipeDirection.Out);
        private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public JobOutput(RunOutputTests test, string name)
        {
            // The output closes it.
            var descriptor = (int)_process.ClientSafePipeHandle.DangerousGetHandle();
            _process.ClientSafePipeHandle.SetHandleAsInvalid();
            LibC.Fcntl(descriptor, SetFlags, OpenFlag.NonBlocking).Should().Be(0);
            _loop = test._loop;
            _output = new RunOutput(
                _loop, name, descriptor, test._folder.File(name), 1000, new SpoolFolder(test._folder.Path), _closed.SetResult);
        }

        public Task Closed => _closed.Task;

        public long Total => _output.Total;

        public void Follow() => _loop.Post(_output.Follow);

        public void Discard() => _loop.Post(_output.Discard);

        public void Dispose() => _process.Dispose();

        public void Print(string text) => _process.Write(Encoding.ASCII.GetBytes(text));
    }
}
