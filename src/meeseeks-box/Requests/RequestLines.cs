using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using MeeseeksBox.Agent.Listening;
using MeeseeksBox.Protocol;
using MeeseeksBox.Protocol.Requests;

namespace MeeseeksBox.Agent.Requests;

/// <summary>Answers the lines of one connection: carries out the requests of each in their order (SPEC.md §2).</summary>
/// <remarks>Each is read when its turn comes, and answered before the next: a line may hold millions of them.</remarks>
internal sealed class RequestLines(RequestHandlers handlers, Upstreams upstreams) : ILineHandler
{
    private readonly Session _session = new();

    public async ValueTask HandleAsync(ReadOnlySequence<byte> line, PipeWriter output, CancellationToken stop)
    {
        using var parsed = RequestLine.Parse(line, out var fault);
        if (parsed is null)
        {
            await AnswerWithErrorAsync(output, fault!, ErrorCode.BadJson);
            return;
        }

        await using var answer = new AnswerWriter(output, parsed.Elements.Any(RequestObject.AsksForPretty));
        answer.Json.WriteStartArray();
        foreach (var element in parsed.Elements)
        {
            if (RequestObject.Read(element, out var problem) is { } request)
            {
                await CarryOutAsync(request, answer, stop);
            }
            else
            {
                answer.WriteError(problem!, ErrorCode.BadRequest);
            }

            await answer.SendIfLargeAsync(stop);
        }

        answer.Json.WriteEndArray();
    }

    public void RefuseTooLong(long longest, PipeWriter output)
    {
        using var json = new Utf8JsonWriter(output);
        json.WriteStartArray();
        json.WriteStartObject();
        json.WriteString("error", $"the line is longer than {longest} bytes, which is the most that this node takes (listen.max_request); send it in parts");
        json.WriteString("code", ErrorCode.TooLong);
        json.WriteEndObject();
        json.WriteEndArray();
        json.Flush();
        output.Write("\n"u8);
    }

    public void Dispose() => upstreams.Forget(_session);

    private static async ValueTask AnswerWithErrorAsync(PipeWriter output, string problem, string code)
    {
        await using var answer = new AnswerWriter(output, pretty: false);
        answer.Json.WriteStartArray();
        answer.WriteError(problem, code);
        answer.Json.WriteEndArray();
    }

    private async ValueTask CarryOutAsync(RequestObject request, AnswerWriter answer, CancellationToken stop)
    {
        answer.Json.WriteStartObject();
        foreach (var (name, one) in request.Requests)
        {
            answer.Json.WritePropertyName(name);
            await handlers.HandleAsync(one, answer, _session, stop);
            await answer.SendIfLargeAsync(stop);
        }

        answer.EndObject();
    }
}
