using System.Runtime.CompilerServices;
using MeeseeksBox.Client.Connections;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Outputs;
using MeeseeksBox.Protocol.Requests;

namespace MeeseeksBox.Client.Following;

/// <summary>Follows the output of a job until the job has ended.</summary>
/// <remarks>It has its own connection, because a held answer would delay other requests.</remarks>
/// <param name="client">Queries the job.</param>
/// <param name="connector">Opens the connection.</param>
/// <param name="first">The first request.</param>
/// <param name="delays">Receives each reason, once, for which output does not come as it is printed; null for none.</param>
internal sealed class OutputFollower(MeeseeksClient client, Connector connector, TailRequest first, IProgress<string>? delays)
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(60);

    // The least time between two answers without news, of a box that does not wait.
    private static readonly TimeSpan LeastTime = TimeSpan.FromSeconds(1);

    private readonly HashSet<string> _reported = new(StringComparer.Ordinal);
    private bool _isLateKnown;

    /// <summary>Returns parts as they arrive.</summary>
    public async IAsyncEnumerable<OutputPart> FollowAsync([EnumeratorCancellation] CancellationToken stop)
    {
        var time = client.Options.Time;
        await using var connection = new ReconnectingConnection(connector, client.Options);
        var (request, wait) = (first, TimeSpan.Zero);
        while (true)
        {
            // The first answer comes at once, so that a delay is reported early.
            var begin = time.GetTimestamp();
            var line = RequestBytes.Of(request, wait);
            var response = Response.Read(await connection.RequestAsync(line, wait, isRepeatable: true, stop));
            if (response.Find("tail") is null && response.Code is null)
            {
                await ReportLateAsync(stop);
                yield return await AtEndAsync(stop);
                yield break;
            }

            OutputPart? part = null;
            if (response.Error is { } error)
            {
                // A job that waits has printed nothing that could be late, and may start on a node that is not there yet.
                if ((await RequireLiveAsync(error, response.Code, stop)).Status.State is not JobState.New)
                    Report(error);
            }
            else
            {
                part = response.Output();
                if (part.IsLate)
                    await ReportLateOfNodeAsync(stop);
            }

            if (part is { IsEmpty: false })
                yield return part;

            if (part is { HasEnded: true })
                yield break;

            if (part is not { IsEmpty: false } && wait > TimeSpan.Zero && time.GetElapsedTime(begin) is var elapsed && elapsed < LeastTime)
                await Task.Delay(LeastTime - elapsed, time, stop);

            request = part is null ? request : request with { Offset = part.Offset, Run = part.Run };
            wait = MaxWait;
        }
    }

    private void Report(string reason)
    {
        if (_reported.Add(reason))
            delays?.Report(reason);
    }

    private async Task ReportLateAsync(CancellationToken stop)
    {
        if (delays is not null && await client.QueryAsync(first.Id, stop) is { HasEnded: false })
            Report($"{client.Endpoint} shows output only when the job has ended");
    }

    // A node that shows output of running jobs has none of this one: its plugin returns it at the end, and nothing is wrong.
    private async Task ReportLateOfNodeAsync(CancellationToken stop)
    {
        if (delays is null || _isLateKnown || await client.QueryAsync(first.Id, stop) is not { HasEnded: false, Status.Node: { } node })
            return;

        _isLateKnown = true;
        if (!(await client.NodesAsync(stop)).TryGetValue(node, out var status) || !status.HasTail)
            Report($"node '{node}' shows output only when the job has ended");
    }

    // The output of a live job may become available: its node may return.
    private async Task<Job> RequireLiveAsync(string error, string? code, CancellationToken stop)
    {
        var job = await client.QueryAsync(first.Id, stop);
        if (job is null or { HasEnded: true } || (first.Stream is OutputStream.Stdout ? job.Spec.Stdout : job.Spec.Stderr) is not null)
            throw new MeeseeksRequestException(error, code);

        return job;
    }

    private async Task<OutputPart> AtEndAsync(CancellationToken stop)
    {
        var job = await client.WaitAsync(first.Id, stop)
            ?? throw new MeeseeksRequestException($"there is no job '{first.Id}'; it may have ended and expired");
        var data = Decode(job);
        var begin = first.Offset >= 0 ? Math.Min(first.Offset, data.Length) : Math.Max(0, data.Length + first.Offset);
        return new OutputPart
        {
            Data = data.AsMemory((int)begin),
            Offset = data.Length,
            HasEnded = true,
            Run = job.Status.StartCount,
            IsLate = true,
        };
    }

    private byte[] Decode(Job job)
    {
        try
        {
            return Convert.FromBase64String((first.Stream is OutputStream.Stdout ? job.Status.StdoutData : job.Status.StderrData) ?? "");
        }
        catch (FormatException)
        {
            throw new MeeseeksRequestException($"job '{job.Id}': its {OutputStreams.Word(first.Stream)}_data is not base64");
        }
    }
}
