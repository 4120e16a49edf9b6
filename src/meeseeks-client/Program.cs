using MeeseeksBox.CommandLine;
using MeeseeksBox.CommandLine.Commands;
using MeeseeksBox.CommandLine.Options;
using MeeseeksBox.CommandLine.Output;
using MeeseeksBox.Foundation.Unix;

var name = InvokedName.Of(Environment.GetCommandLineArgs()[0]);
var implied = InvokedName.Command(name);
var arguments = StarterText.Exact(args);
var words = CommandWords.Split(arguments, implied);
using var console = new ConsoleOutput(implied is null ? "meeseeks-client" : name, Environment.GetEnvironmentVariable("NO_COLOR"));
using var interruption = new Interruption(handlesQuit: words.Command != TopCommand.Definition.Name);
return await StandardStream.RunAsync(console.Name, async () =>
{
    var status = await new Runner(console, interruption, TimeProvider.System).RunAsync(words, arguments);
    await console.FlushAsync();
    return status;
});
