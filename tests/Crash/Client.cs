using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace MeeseeksBox.Crash;

/// <summary>A client that submits, changes and kills jobs until the connection ends, and records the answers.</summary>
internal sealed class Client(string name, Random random, Promises promises, string runs)
{
    private int _count;
    private int _answers;

    /// <summary>The number of received answers.</summary>
    public int Answers => Volatile.Read(ref _answers);

    /// <summary>Sends groups of requests and reads their answers, until the connection ends.</summary>
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
                var lines = requests.SelectMany(request => JsonSerializer.SerializeToUtf8Bytes(new[] { request.Line }).Append((byte)'\n'));
                await stream.WriteAsync(lines.ToArray());
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
            // The box was killed, perhaps within a line. Only complete answers count.
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

    // Most jobs are short, some fail, and some are retried. Some never end, and have a child process in a session of its own.
    private object Spec(string id)
    {
        var note = $"echo $MEESEEKS_JOB_ID >>'{runs}'; echo begin $MEESEEKS_JOB_ID; ";
        var status = random.Next(3) / 2;
        return random.Next(5) is 0
            ? Spec("(setsid sleep 1000 &) ; exec sleep 1000", 0.1 + (0.4 * random.NextDouble()), 0)
            : Spec($"sleep 0.{random.Next(10)}; echo end {status}; exit {status}", 30.0, random.Next(3));

        object Spec(string script, double runtime, int retries) =>
            new { id, pool = "p", args = new[] { "/bin/sh", "-c", note + script }, runtime, retries };
    }

    private void Note((string Kind, string Id, string Tag, object Line) request, JsonElement answer)
    {
        _ = Interlocked.Increment(ref _answers);
        switch (request.Kind)
        {
            case not "kill" when answer.TryGetProperty("code", out var code) && code.ValueEquals("stopping"):
                // A box that stops in order takes no work any more.
                break;
            case "submit" when answer.GetProperty("submit").GetProperty(request.Id).ValueKind is JsonValueKind.Object:
                promises.Take(request.Id);
                break;
            case "change" when answer.GetProperty("submit").GetProperty(request.Id).ValueKind is JsonValueKind.Object:
                promises.TakeTag(request.Id, request.Tag);
                break;
            case "kill" when answer.GetProperty("kill") is { ValueKind: JsonValueKind.Object } job
                && job.GetProperty("state").ValueEquals("killed"):
                promises.Kill(request.Id);
                break;
            case "kill" when answer.GetProperty("kill").ValueKind is JsonValueKind.Object:
                // The job had ended before.
                break;
            default:
                promises.Refuse($"a {request.Kind} of {request.Id} was rejected: {answer}");
                break;
        }
    }
}
