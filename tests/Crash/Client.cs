using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace MeeseeksBox.Crash;

/// <summary>A client that submits, changes and kills jobs until the box is gone, and notes what it was told.</summary>
internal sealed class Client(string name, Random random, Promises promises, string runs)
{
    private int _count;
    private int _answers;

    /// <summary>How many answers it has had.</summary>
    public int Answers => Volatile.Read(ref _answers);

    /// <summary>One turn: send some requests without waiting, read the answers that come. Ends when the connection does.</summary>
    public async Task RunAsync(int port)
    {
        try
        {
            using var socket = new TcpClient { NoDelay = true };
            await socket.ConnectAsync(IPAddress.Loopback, port);
            await using var stream = socket.GetStream();
            using var answers = new StreamReader(stream);
            while (true)
            {
                var requests = Enumerable.Range(0, random.Next(1, 9)).Select(_ => Next()).ToArray();
                await stream.WriteAsync(requests.SelectMany(request => JsonSerializer.SerializeToUtf8Bytes(new[] { request.Line }).Append((byte)'\n')).ToArray());
                foreach (var request in requests)
                {
                    if (await answers.ReadLineAsync() is not { } answer)
                        return;

                    Note(request, JsonElement.Parse(answer)[0]);
                }

                await Task.Delay(random.Next(30));
            }
        }
        catch (Exception gone) when (gone is IOException or SocketException or JsonException)
        {
            // The box was killed, perhaps in the middle of a line. What was answered until then is what counts.
        }
    }

    private (string Kind, string Id, string Tag, object Line) Next()
    {
        var known = promises.Taken.Count is 0 ? null : promises.Taken[Math.Max(0, promises.Taken.Count - 1 - random.Next(30))];
        switch (random.Next(10))
        {
            case 0 or 1 when known is not null:
                return ("kill", known, "", new { kill = known });
            case 2 when known is not null:
                var tag = $"t{++_count}";
                promises.SendTag(known, tag);
                return ("change", known, tag, new { submit = new { id = known, tags = new[] { tag } } });
            default:
                var id = $"{name}.{++_count}";
                return ("submit", id, "", new { submit = Spec(id) });
        }
    }

    // Most are short, some fail, some are tried again; some have a child in a session of its own, and do not end by themselves.
    private object Spec(string id)
    {
        var note = $"echo $MEESEEKS_JOB_ID >>'{runs}'; ";
        return random.Next(5) is 0
            ? new { id, pool = "p", args = new[] { "/bin/sh", "-c", note + "(setsid sleep 1000 &) ; exec sleep 1000" }, runtime = 0.1 + (0.4 * random.NextDouble()), retries = 0 }
            : new { id, pool = "p", args = new[] { "/bin/sh", "-c", note + $"sleep 0.0{random.Next(10)}; exit {random.Next(3) / 2}" }, runtime = 30.0, retries = random.Next(3) };
    }

    private void Note((string Kind, string Id, string Tag, object Line) request, JsonElement answer)
    {
        _ = Interlocked.Increment(ref _answers);
        switch (request.Kind)
        {
            case "submit" when answer.GetProperty("submit").GetProperty(request.Id).ValueKind is JsonValueKind.Object:
                promises.Take(request.Id);
                break;
            case "change" when answer.GetProperty("submit").GetProperty(request.Id).ValueKind is JsonValueKind.Object:
                promises.TakeTag(request.Id, request.Tag);
                break;
            case "kill" when answer.GetProperty("kill") is { ValueKind: JsonValueKind.Object } job && job.GetProperty("state").ValueEquals("killed"):
                promises.Kill(request.Id);
                break;
            case "kill" when answer.GetProperty("kill").ValueKind is JsonValueKind.Object:
                // It had ended before.
                break;
            default:
                promises.Refuse($"a {request.Kind} of {request.Id} was refused: {answer}");
                break;
        }
    }
}
