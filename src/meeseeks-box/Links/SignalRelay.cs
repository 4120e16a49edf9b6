using System.Buffers;
using System.Text.Json;
using MeeseeksBox.Agent.Configuration;
using MeeseeksBox.Agent.Signals;
using MeeseeksBox.Foundation.Json;
using MeeseeksBox.Protocol.Requests;
using MeeseeksBox.Protocol.Signals;

namespace MeeseeksBox.Agent.Links;

/// <summary>Has the peers of the links send signals to the jobs on their nodes.</summary>
/// <remarks>Each request has a new connection: one that is kept may be closed, and a signal must not be sent twice.</remarks>
internal sealed class SignalRelay(Func<string, LinkConfig?> links, TimeProvider time, RelayFailures failures) : ISignalRelay
{
    // The ids of all jobs, which may be long, and an error for each.
    private const long LongestReply = 4 * 1024 * 1024;

    /// <inheritdoc/>
    public async Task<SignalOutcome> SendAsync(string peer, IReadOnlyList<string> ids, Signal signal, CancellationToken stop)
    {
        if (links(peer) is not { } config)
            throw new IOException("the link was removed");

        await using var connection = await OpenAsync(peer, config, stop);
        using var silence = connection.LimitSilence(TimeSpan.Zero);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, stop);
        var isSent = false;
        try
        {
            // A peer that was rolled back since its last report ignores the signal, and kills: nothing of an empty list.
            if (!await AskAsync(connection, [], signal, HasSignal, limit.Token))
                return SignalOutcome.Failed($"node '{peer}' has a version that sends no signals; nothing was sent");

            isSent = true;
            return await AskAsync(connection, ids, signal, Read, limit.Token);
        }
        catch (Exception lost) when (lost is LinkException || (lost is OperationCanceledException && !stop.IsCancellationRequested))
        {
            if (lost is LinkException failure)
                failures.Log(peer, failure);

            var cause = lost is LinkException ? lost.Message : "no answer in time";
            return isSent ? SignalOutcome.Failed($"node '{peer}' may have sent it or not: {cause}") : throw new IOException(cause, lost);
        }
    }

    private static async Task<T> AskAsync<T>(
        PeerConnection connection, IReadOnlyList<string> ids, Signal signal, Func<JsonElement, T> read, CancellationToken limit)
    {
        KillRequest.WriteSignal(connection.Output, ids, signal);
        connection.Output.Write("\n"u8);
        await connection.SendAsync(limit);
        return await connection.ReceiveAsync(read, limit);
    }

    private static bool HasSignal(JsonElement line) => ReplyLine.ObjectOf(line).TryGetProperty(KillRequest.SignalKey, out _);

    private async Task<PeerConnection> OpenAsync(string peer, LinkConfig config, CancellationToken stop)
    {
        try
        {
            return await PeerConnection.OpenAsync(config, time, LongestReply, stop);
        }
        catch (LinkException problem)
        {
            failures.Log(peer, problem);
            throw new IOException(problem.Message, problem);
        }
    }

    private static SignalOutcome Read(JsonElement line)
    {
        var answer = ReplyLine.ObjectOf(line);
        string[] problems = answer.TryGetProperty("error", out var error)
            ? [LosslessJson.Of(error)]
            : [];
        return answer.TryGetProperty("kill", out var jobs) && jobs.ValueKind is JsonValueKind.Object
            ? new([.. jobs.EnumerateObject().Where(job => job.Value.ValueKind is JsonValueKind.Object).Select(job => job.Name)], problems)
            : problems is [_] ? new([], problems)
            : throw new LinkException("the answer has no 'kill'");
    }
}
