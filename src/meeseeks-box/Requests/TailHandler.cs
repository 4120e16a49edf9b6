using MeeseeksBox.Agent.Tails;
using MeeseeksBox.Protocol.Lines;
using MeeseeksBox.Protocol.Requests;

namespace MeeseeksBox.Agent.Requests;

/// <summary><c>tail</c>: a part of the output of a job, also while it runs.</summary>
internal sealed class TailHandler(IOutputSource outputs)
{
    /// <summary>Writes the part, or <c>false</c> with an error.</summary>
    /// <param name="request">The request.</param>
    /// <param name="wait">How long to wait for output after the offset.</param>
    /// <param name="further">Ends the wait with the next line; null when the request does not wait.</param>
    /// <param name="answer">Receives the part.</param>
    /// <param name="stop">Cancels the request.</param>
    public async ValueTask HandleAsync(
        TailRequest request, TimeSpan wait, ILineLookahead? further, ResponseWriter answer, CancellationToken stop)
    {
        var waits = further is { IsNextAvailable: false } && wait > TimeSpan.Zero;
        var reading = outputs.ReadAsync(
            request, waits ? wait : TimeSpan.Zero, waits ? further!.WaitForNextAsync() : Task.CompletedTask, stop);
        if (waits && !reading.IsCompleted)
            await answer.SendAnswersBeforeAsync(stop);

        var part = await reading;
        if (part.IsSuccess)
        {
            part.Value.WriteTo(answer.Json);
        }
        else
        {
            answer.Refuse(part.Problem);
            answer.Json.WriteBooleanValue(false);
        }
    }
}
