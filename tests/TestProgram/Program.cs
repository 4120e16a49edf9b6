// What jobs of the tests run: TestProgram VERB WORDS…
using System.Globalization;
using System.Text;
using TestProgram;

if (args is not [var verb, .. var words])
    return Usage("which verb?");

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
        Say(words);
        return 0;

    // echo-err WORDS…: on standard error
    case "echo-err":
        Print(Console.OpenStandardError(), words);
        return 0;

    // cat: standard input to standard output
    case "cat":
        Console.OpenStandardInput().CopyTo(Console.OpenStandardOutput());
        return 0;

    // flood BYTES: so many to standard output
    case "flood":
        Flood(long.Parse(words[0], CultureInfo.InvariantCulture));
        return 0;

    // ignore-term SECONDS: says "ready" when SIGTERM does nothing any more, then sleeps
    case "ignore-term":
        Native.IgnoreTerminate();
        Say("ready");
        Thread.Sleep(Seconds());
        return 0;

    // end-on-term SECONDS: says "ready", then ends with status 3 when it is asked to by SIGTERM
    case "end-on-term":
        return await AskedToEndAsync() ? 3 : 0;

    // spawn-child SECONDS: starts a child that sleeps, says its pid, waits for it
    case "spawn-child":
        Child.Start("sleep", words).WaitForExit();
        return 0;

    // leave-child SECONDS: starts a child that sleeps and holds the pipes, says its pid, ends at once
    case "leave-child":
        Child.Start("sleep", words);
        return 0;

    // new-session SECONDS: starts a process that sleeps in a session of its own and belongs to nobody, says its pid, sleeps too
    case "new-session":
        Child.StartSilently("leave-session", words).WaitForExit();
        Thread.Sleep(Seconds());
        return 0;

    // leave-session SECONDS: goes into a session of its own, leaves a child behind there
    case "leave-session":
        Native.StartSession();
        Child.Start("sleep", words);
        return 0;

    // hide-child SECONDS: as spawn-child, with a child that does not carry the mark of its run
    case "hide-child":
        Environment.SetEnvironmentVariable("MEESEEKS_RUN", null);
        Child.Start("sleep", words).WaitForExit();
        return 0;

    // env NAME…: the values of these variables, or "unset"
    case "env":
        Say([.. words.Select(name => Environment.GetEnvironmentVariable(name) ?? "unset")]);
        return 0;

    // pwd
    case "pwd":
        Say(Environment.CurrentDirectory);
        return 0;

    // signal NUMBER: ends itself with it
    case "signal":
        Native.SignalMyself(Number());
        Thread.Sleep(Timeout.Infinite);
        return 0;

    // append FILE TEXT: a line, whole even when many append at once
    case "append":
        Native.Append(words[0], words[1] + "\n");
        return 0;

    default:
        return Usage($"'{verb}' is none of its verbs");
}

int Number() => int.Parse(words[0], CultureInfo.InvariantCulture);

TimeSpan Seconds() => TimeSpan.FromSeconds(double.Parse(words[0], CultureInfo.InvariantCulture));

async Task<bool> AskedToEndAsync()
{
    var asked = new TaskCompletionSource();
    using var registration = System.Runtime.InteropServices.PosixSignalRegistration.Create(
        System.Runtime.InteropServices.PosixSignal.SIGTERM,
        context =>
        {
            context.Cancel = true;
            asked.TrySetResult();
        });
    Say("ready");
    return await Task.WhenAny(asked.Task, Task.Delay(Seconds())) == asked.Task;
}

static void Flood(long count)
{
    using var output = Console.OpenStandardOutput();
    var bytes = new byte[64 * 1024];
    bytes.AsSpan().Fill((byte)'x');
    for (; count > 0; count -= bytes.Length)
        output.Write(bytes, 0, (int)Math.Min(count, bytes.Length));
}

static void Say(params string[] words) => Print(Console.OpenStandardOutput(), words);

static void Print(Stream stream, params string[] words) => stream.Write(Encoding.UTF8.GetBytes(string.Join(' ', words) + "\n"));

static int Usage(string problem)
{
    Print(Console.OpenStandardError(), $"TestProgram: {problem}");
    return 2;
}
