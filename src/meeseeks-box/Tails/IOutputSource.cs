using MeeseeksBox.Foundation;
using MeeseeksBox.Protocol.Outputs;
using MeeseeksBox.Protocol.Requests;

namespace MeeseeksBox.Agent.Tails;

/// <summary>The output of all jobs, on whichever node they run.</summary>
internal interface IOutputSource
{
    /// <summary>Reads a part of the output of a job.</summary>
    /// <param name="request">The job, the stream and the offset.</param>
    /// <param name="wait">How long to wait for output after the offset; zero not to wait.</param>
    /// <param name="interruption">Ends the wait.</param>
    /// <param name="stop">Cancels the read, without a result.</param>
    /// <returns>The part, or why there is none.</returns>
    ValueTask<Result<OutputPart>> ReadAsync(TailRequest request, TimeSpan wait, Task interruption, CancellationToken stop);
}
