using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using MeeseeksBox.Agent.Listening;
using MeeseeksBox.Foundation.Tasks;
using MeeseeksBox.Protocol;
using MeeseeksBox.Protocol.Lines;
using MeeseeksBox.Protocol.Requests;

namespace MeeseeksBox.Agent.Requests;

/// <summary>Executes the requests of each line in order (docs/SPECIFICATION.md#request-lines).</summary>
/// <param name="handlers">Carry out the requests.</param>
/// <param name="longPoll">Holds answers.</param>
/// <param name="durability">Holds answers until what they tell is on disk.</param>
/// <param name="upstreamSessions">The upstream nodes.</param>
/// <param name="session">The state of the connection.</param>
/// <param name="pace">Waits until as many requests may be carried out.</param>
/// <param name="maxDepth">The deepest nesting of a line.</param>
/// <remarks>Each request is read and answered before the next is read, because a line may contain millions of them.</remarks>
internal sealed class RequestLineHandler(
    RequestHandlers handlers,
    LongPoll longPoll,
    DurabilityBarrier durability,
    UpstreamSessions upstreamSessions,
    Session session,
    Func<int, CancellationToken, Task> pace,
    int maxDepth) : ILineHandler
{
    // Of the output of the connection.
    private ResponseWriter? _compact;

    public async ValueTask HandleAsync(ReadOnlySequence<byte> line, ILineLookahead further, PipeWriter output, CancellationToken stop)
    {
        using var parsed = RequestLine.Parse(line, out var fault, maxDepth);
        await pace(parsed?.Count ?? 1, stop);
        if (parsed is null)
        {
            AnswerWithError(output, fault!, ErrorCode.BadJson);
        }
        else if (parsed.Any(RequestOptions.AsksToWait))
        {
            // A wait for a further line releases the bytes of this one.
            using var copy = RequestLine.Parse(new ReadOnlySequence<byte>(line.ToArray()), out _);
            await AnswerAsync(copy!, further, output, stop);
        }
        else
        {
            await AnswerAsync(parsed, further, output, stop);
        }
    }

    public ValueTask BeforeSendingAsync(CancellationToken stop) => durability.WaitAsync(session, stop);

    public void RefuseTooLong(long longest, PipeWriter output)
    {
        using var json = new Utf8JsonWriter(output);
        json.WriteStartArray();
        json.WriteStartObject();
        json.WriteString("error", $"the line is longer than the limit of {longest} bytes (listen.max_request); send it in parts");
        json.WriteString("code", ErrorCode.TooLong);
        json.WriteEndObject();
        json.WriteEndArray();
        json.Flush();
        output.Write("\n"u8);
    }

    public void Dispose() => upstreamSessions.Forget(session);

    private ResponseWriter WriterFor(PipeWriter output, bool pretty) => pretty
        ? new ResponseWriter(output, pretty, BeforeSendingAsync)
        : _compact ??= new ResponseWriter(output, pretty, BeforeSendingAsync);

    private void AnswerWithError(PipeWriter output, string problem, string code)
    {
        var answer = WriterFor(output, pretty: false);
        answer.Json.WriteStartArray();
        answer.WriteError(problem, code);
        answer.Json.WriteEndArray();
        answer.EndLine();
    }

    private async ValueTask AnswerAsync(RequestLine parsed, ILineLookahead further, PipeWriter output, CancellationToken stop)
    {
        var answer = WriterFor(output, parsed.Any(RequestOptions.AsksForPretty));
        answer.Json.WriteStartArray();
        foreach (var element in parsed.Elements)
        {
            if (RequestObject.Read(element, out var problem) is { } request)
            {
                await ExecuteAsync(request, further, answer, stop);
            }
            else
            {
                answer.WriteError(problem!, ErrorCode.BadRequest);
            }

            await answer.SendIfLargeAsync(stop);
        }

        answer.Json.WriteEndArray();
        answer.EndLine();
    }

    // Takes a short turn of the core, which waits for nothing. A submit to several nodes makes as many jobs, and one of a configuration
    // reads all of it.
    private bool IsBrief(Request request) =>
        request is QueryRequest or SubmitRequest { Spec: { Nodes: null or [] or [not [.., '*']], Values.Spec.Settings: null } }
        && session.AreRightsKnown;

    private async ValueTask ExecuteAsync(RequestObject request, ILineLookahead further, ResponseWriter answer, CancellationToken stop)
    {
        var mayWait = request.Options.Wait is not null;
        answer.Wanted = request.Options.Attributes;
        answer.Json.WriteStartObject();
        foreach (var (name, one) in request.Requests)
        {
            if (!IsBrief(one))
                await PoolThread.EnterAsync();

            if (mayWait && LongPoll.CanWait(one))
            {
                // Waits before the first request that can wait. Requests before it were executed at once.
                mayWait = false;
                await longPoll.WaitAsync(request, further, answer, stop);
            }

            answer.Json.WritePropertyName(name);
            await handlers.HandleAsync(one, request.Options, mayWait ? further : null, answer, session, stop);
            mayWait &= one is not TailRequest;
            await answer.SendIfLargeAsync(stop);
        }

        answer.EndObject();
    }
}
