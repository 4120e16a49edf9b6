using System.Runtime.InteropServices;
using MeeseeksBox.Foundation.Unix;

namespace MeeseeksBox.Runner.Starting;

/// <summary>The descriptors of a process to be: files of its job, and pipes for what the runner keeps.</summary>
internal sealed class JobStreams : IDisposable
{
    private const int Nothing = -1;

    // A kill needs some descriptors to read /proc.
    private const int Reserve = 64;

    private readonly int[] _ofChild = [Nothing, Nothing, Nothing];
    private readonly int[] _kept = [Nothing, Nothing];
    private readonly int _empty;

    private JobStreams(int empty) => _empty = empty;

    /// <summary>The descriptors that become 0, 1 and 2 of the process.</summary>
    public IReadOnlyList<int> OfChild => _ofChild;

    /// <summary>Opens the streams of an order.</summary>
    /// <param name="order">The order, whose files were checked.</param>
    /// <param name="empty">A descriptor of an empty file, for an order without input; it stays open.</param>
    /// <param name="streams">The streams.</param>
    /// <param name="what">The stream that could not be opened.</param>
    /// <returns>The number of the error, or 0.</returns>
    public static int TryOpen(StartOrder order, int empty, out JobStreams streams, out string what)
    {
        streams = new JobStreams(empty);
        what = $"read stdin from {order.Input}";
        var error = streams.Take(0, order.Input is null ? empty : JobFile.OpenInput(order.Input));
        if (error is 0)
        {
            what = order.Output is null ? "keep its output" : $"write stdout to {order.Output}";
            error = streams.OpenOutput(1, order.Output);
        }

        if (error is 0)
        {
            what = order.Errors is null ? "keep its output" : $"write stderr to {order.Errors}";
            error = order.Errors is not null && order.Errors == order.Output
                ? streams.Share(1, 2)
                : streams.OpenOutput(2, order.Errors);
        }

        if (error is 0 && FileHandles.IsInReserve(streams._kept.Max(), Reserve))
        {
            what = "keep its output";
            error = ErrorNumber.ProcessStarved;
        }

        if (error is not 0)
            streams.Dispose();
        return error;
    }

    /// <summary>Hands over the descriptors to read the output from: of the standard output and the standard error; -1 for a file.</summary>
    public (int Output, int Errors) TakeKept()
    {
        var taken = (_kept[0], _kept[1]);
        (_kept[0], _kept[1]) = (Nothing, Nothing);
        return taken;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Close(_ofChild);
        Close(_kept);
    }

    private void Close(int[] descriptors)
    {
        for (var index = 0; index < descriptors.Length; index++)
        {
            // Two streams may share one.
            var descriptor = descriptors[index];
            if (descriptor >= 0 && descriptor != _empty && descriptors.AsSpan(0, index).IndexOf(descriptor) < 0)
                _ = LibC.Close(descriptor);
        }

        Array.Fill(descriptors, Nothing);
    }

    private int Share(int from, int to)
    {
        _ofChild[to] = _ofChild[from];
        return 0;
    }

    private int OpenOutput(int stream, string? file) =>
        file is null ? OpenPipe(stream) : Take(stream, JobFile.OpenOutput(file));

    private int Take(int stream, int descriptor)
    {
        _ofChild[stream] = descriptor;
        return descriptor >= 0 ? 0 : Marshal.GetLastPInvokeError();
    }

    private unsafe int OpenPipe(int stream)
    {
        var pair = stackalloc int[2];
        if (LibC.Pipe2(pair, OpenFlag.CloseOnExec) < 0)
            return Marshal.GetLastPInvokeError();

        _kept[stream - 1] = pair[0];
        _ofChild[stream] = pair[1];
        return FileDescriptor.SetBlocking(pair[0], isBlocking: false) < 0 ? Marshal.GetLastPInvokeError() : 0;
    }
}
