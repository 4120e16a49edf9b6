using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using MeeseeksBox.Agent.Listening;
using MeeseeksBox.Protocol;
using MeeseeksBox.Protocol.Requests;

namespace MeeseeksBox.Agent.Requests;

/// <summary>Answers the lines of one connection: reads all requests of a line, then carries them out in their order (SPEC.md §2).</summary>
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

        var objects = new List<(RequestObject? Request, string? Problem)>(parsed.Count);
        foreach (var element in parsed.Elements)
        {
            objects.Add((RequestObject.Read(element, out var problem), problem));
        }

        await using var answer = new AnswerWriter(output, objects.Exists(one => one.Request?.Pretty is true));
        answer.Json.WriteStartArray();
        foreach (var (request, problem) in objects)
        {
            if (request is null)
            {
                answer.WriteError(problem!, ErrorCode.BadRequest);
            }
            else
            {
                await CarryOutAsync(request, answer, stop);
            }
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
