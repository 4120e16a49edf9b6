// The program for the jobs of tests: TestProgram VERB WORDS…
using System.Globalization;
using System.Text;
using TestProgram;

if (args is not [var verb, .. var words])
    return Usage("a verb is missing");

switch (verb)
{
    // sleep SECONDS
    case "sleep":
        Thread.Sleep(Seconds());
        return 0;

    // exit STATUS
    case "exit":
        return Number();

    // echo WORDS…
    case "echo":
        PrintLine(words);
        return 0;

    // echo-err WORDS…: on standard error
    case "echo-err":
        Print(Console.OpenStandardError(), words);
        return 0;

    // cat: standard input to standard output
    case "cat":
        Console.OpenStandardInput().CopyTo(Console.OpenStandardOutput());
        return 0;

    // flood BYTES: writes this number of bytes to standard output
    case "flood":
        Flood(long.Parse(words[0], CultureInfo.InvariantCulture));
        return 0;

    // grow MEGABYTES SECONDS: uses so much memory, prints "grown", sleeps
    case "grow":
        Grow(Number());
        return 0;

    // ignore-term SECONDS: ignores SIGTERM, prints "ready", sleeps
    case "ignore-term":
        Native.IgnoreTerminate();
        PrintLine("ready");
        Thread.Sleep(Seconds());
        return 0;

    // end-on-term SECONDS: prints "ready", ends with status 3 after SIGTERM
    case "end-on-term":
        return await WaitForTerminateAsync() ? 3 : 0;

    // spawn-child SECONDS: starts a sleeping child, prints its pid, waits for it
    case "spawn-child":
        Child.Start("sleep", words).WaitForExit();
        return 0;

    // leave-child SECONDS: starts a sleeping child that keeps the pipes open, prints its pid, ends at once
    case "leave-child":
        Child.Start("sleep", words);
        return 0;

    // new-session SECONDS: starts a sleeping orphan in its own session, prints its pid, sleeps
    case "new-session":
        Child.StartSilently("leave-session", words).WaitForExit();
        Thread.Sleep(Seconds());
        return 0;

    // leave-session SECONDS: starts a session, leaves a sleeping child in it, ends
    case "leave-session":
        Native.StartSession();
        Child.Start("sleep", words);
        return 0;

    // hide-child SECONDS: like spawn-child, with a child without the mark of its run
    case "hide-child":
        Environment.SetEnvironmentVariable("MEESEEKS_RUN", null);
        Child.Start("sleep", words).WaitForExit();
        return 0;

    // env NAME…: prints the values of these variables, or "unset"
    case "env":
        PrintLine([.. words.Select(name => Environment.GetEnvironmentVariable(name) ?? "unset")]);
        return 0;

    // pwd
    case "pwd":
        PrintLine(Environment.CurrentDirectory);
        return 0;

    // signal NUMBER: ends itself with this signal
    case "signal":
        Native.SignalMyself(Number());
        Thread.Sleep(Timeout.Infinite);
        return 0;

    // append FILE TEXT: appends a line atomically
    case "append":
        Native.Append(words[0], words[1] + "\n");
        return 0;

    default:
        return Usage($"unknown verb '{verb}'");
}

int Number() => int.Parse(words[0], CultureInfo.InvariantCulture);

void Grow(int megabytes)
{
    var memory = GC.AllocateUninitializedArray<byte>(megabytes * 1024 * 1024);
    Array.Fill(memory, (byte)'x');
    PrintLine("grown");
    Thread.Sleep(TimeSpan.FromSeconds(double.Parse(words[1], CultureInfo.InvariantCulture)));
    GC.KeepAlive(memory);
}

TimeSpan Seconds() => TimeSpan.FromSeconds(double.Parse(words[0], CultureInfo.InvariantCulture));

async Task<bool> WaitForTerminateAsync()
{
    var received = new TaskCompletionSource();
    using var registration = System.Runtime.InteropServices.PosixSignalRegistration.Create(
        System.Runtime.InteropServices.PosixSignal.SIGTERM,
        context =>
        {
            context.Cancel = true;
            received.TrySetResult();
        });
    PrintLine("ready");
    return await Task.WhenAny(received.Task, Task.Delay(Seconds())) == received.Task;
}

static void Flood(long count)
{
    using var output = Console.OpenStandardOutput();
    var bytes = new byte[64 * 1024];
    bytes.AsSpan().Fill((byte)'x');
    for (; count > 0; count -= bytes.Length)
        output.Write(bytes, 0, (int)Math.Min(count, bytes.Length));
}

static void PrintLine(params string[] words) => Print(Console.OpenStandardOutput(), words);

static void Print(Stream stream, params string[] words) => stream.Write(Encoding.UTF8.GetBytes(string.Join(' ', words) + "\n"));

static int Usage(string problem)
{
    Print(Console.OpenStandardError(), $"TestProgram: {problem}");
    return 2;
}
