using System.Text;
using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.Runner.Unix;

namespace MeeseeksBox.Runner.Starting;

/// <summary>Starts the process of an order. May block while a file of the job does.</summary>
internal static class Launcher
{
    /// <summary>Starts the process.</summary>
    public static Launch Start(StartOrder order)
    {
        if (StartChecks.Fault(order) is { } fault)
            return Launch.Failed(fault);

        var program = ProgramSearch.Find(order.Name, order.Folder, order.SearchPath);
        if (!program.IsSuccess)
            return Launch.Failed(program.Problem);

        return HasPipe(order) ? StartThroughOpener(order, program.Value) : Start(order, program.Value);
    }

    private static Launch Start(StartOrder order, string program)
    {
        if (JobStreams.TryOpen(order, out var streams, out var what) is not 0 and var refused)
            return Launch.Failed($"cannot {what}: {ErrorNumber.TextOf(refused)}", Shortage.Is(refused));

        using (streams)
        {
            var error = ProcessSpawner.Start(program, order.Arguments, order.Variables, order.Folder, streams.OfChild, out var pid);
            if (error is not 0)
                return Launch.Failed(StartFailure.TextOf(program, error), Shortage.Is(error));

            var (output, errors) = streams.TakeKept();
            return new Launch(pid, output, errors);
        }
    }

    // Opening a named pipe waits for its other end. So another process opens it, which a kill reaches, and executes the program then.
    private static Launch StartThroughOpener(StartOrder order, string program)
    {
        var opener = order with
        {
            Arguments = [.. FileOpener.Words(order, program).Select(Encoding.UTF8.GetBytes), .. order.Arguments],
            Input = null,
            Output = null,
            Errors = null,
        };
        return Start(opener, Environment.ProcessPath!);
    }

    private static bool HasPipe(StartOrder order) =>
        new[] { order.Input, order.Output, order.Errors }.Any(file => file is not null && FileKind.Of(file) is FileKind.Pipe);
}
