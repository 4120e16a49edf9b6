using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.Runner.Children;
using MeeseeksBox.Runner.Limits;
using MeeseeksBox.Runner.Unix;

namespace MeeseeksBox.Runner.Starting;

/// <summary>Starts the process of an order. May block while a file of the job does.</summary>
/// <param name="children">Learns its end.</param>
internal sealed class Launcher(ChildWaiter children)
{
    private readonly int _empty = SystemCall.Check(JobFile.OpenInput("/dev/null"), "/dev/null");

    /// <summary>Starts the process.</summary>
    /// <param name="order">The order.</param>
    /// <param name="limits">The limits that its process sets for itself; null without any.</param>
    /// <param name="exited">Called after its end, by the thread of the loop or of the caller.</param>
    public Launch Start(StartOrder order, StartLimits? limits, Action exited)
    {
        if (StartChecks.Fault(order) is { } fault)
            return Launch.Failed(fault);

        var program = ProgramSearch.Find(order.Name, order.Folder, order.SearchPath);
        if (!program.IsSuccess)
            return Launch.Failed(program.Problem);

        var hasPipe = HasPipe(order);
        return hasPipe || limits is not null
            ? StartThroughOpener(order, program.Value, limits ?? StartLimits.None, hasPipe, exited)
            : Start(order, program.Value, exited);
    }

    private Launch Start(StartOrder order, string program, Action exited)
    {
        if (JobStreams.TryOpen(order, _empty, out var streams, out var what) is not 0 and var refused)
            return Launch.Failed($"cannot {what}: {ErrorNumber.TextOf(refused)}", Shortage.Is(refused));

        using (streams)
        {
            var launch = children.Announce();
            var error = ProcessSpawner.Start(program, order.Arguments, order.Variables, order.Folder, streams.OfChild, out var pid);
            if (error is not 0)
            {
                children.Abandon(launch);
                return Launch.Failed(StartFailure.TextOf(program, error), Shortage.Is(error));
            }

            var process = children.Add(launch, pid, exited);
            var (output, errors) = streams.TakeKept();
            return new Launch(process, output, errors);
        }
    }

    // Opening a named pipe waits for its other end. So another process opens it, which a kill reaches, and executes the program then.
    private Launch StartThroughOpener(StartOrder order, string program, StartLimits limits, bool hasPipe, Action exited)
    {
        var opener = order with
        {
            Arguments = FileOpener.Words(order, program, limits, isOpened: !hasPipe),
            Variables = FileOpener.Variables(order),
        };
        return Start(hasPipe ? opener with { Input = null, Output = null, Errors = null } : opener, SystemCall.OwnProgram, exited);
    }

    private static bool HasPipe(StartOrder order) =>
        new[] { order.Input, order.Output, order.Errors }.Any(file => file is not null && FileKind.Of(file) is FileKind.Pipe);
}
