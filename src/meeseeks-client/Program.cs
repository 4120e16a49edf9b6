using System.Runtime.InteropServices;
using MeeseeksBox.CommandLine;
using MeeseeksBox.CommandLine.Options;
using MeeseeksBox.CommandLine.Output;
using MeeseeksBox.Foundation.Unix;

var name = InvokedName.Of(Environment.GetCommandLineArgs()[0]);
var implied = InvokedName.Command(name);
using var console = new ConsoleOutput(implied is null ? "meeseeks-client" : name, Environment.GetEnvironmentVariable("NO_COLOR"));
using var interrupt = new CancellationTokenSource();
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
return await StandardStream.RunAsync(console.Name, async () =>
{
    var status = await new Runner(console, TimeProvider.System).RunAsync(CommandWords.Split(args, implied), args, interrupt.Token);
    await console.FlushAsync();
    return status;
});

void End(PosixSignalContext context)
{
    // The second signal ends the program at once.
    context.Cancel = !interrupt.IsCancellationRequested;
    interrupt.Cancel();
}
