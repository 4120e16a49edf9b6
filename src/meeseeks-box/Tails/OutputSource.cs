using MeeseeksBox.Agent.State;
using MeeseeksBox.Core.Queries;
using MeeseeksBox.Foundation;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Nodes;
using MeeseeksBox.Protocol.Outputs;
using MeeseeksBox.Protocol.Requests;

namespace MeeseeksBox.Agent.Tails;

/// <summary>Reads outputs where they are: in the record of the job, in its run, or on a downstream node.</summary>
/// <param name="host">The jobs and nodes.</param>
/// <param name="live">The outputs of the runs on this node.</param>
/// <param name="relay">The downstream nodes.</param>
/// <param name="time">The clock of the waits.</param>
internal sealed class OutputSource(CoreHost host, LiveOutputs live, IOutputRelay relay, TimeProvider time) : IOutputSource
{
    // Under a stream of changes, one look at the job covers all changes of a pace.
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(2);

    // A connection of a relay is free for another reader after this time, also while its job prints nothing.
    private static readonly TimeSpan LongestRelay = TimeSpan.FromSeconds(10);

    // A runner that is stopped does not answer.
    private static readonly TimeSpan LongestRead = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan RelayRetryTime = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public async ValueTask<Result<OutputPart>> ReadAsync(
        TailRequest request, TimeSpan wait, Task interruption, CancellationToken stop)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var begin = time.GetTimestamp();
        var released = wait > TimeSpan.Zero ? Task.WhenAny(Task.Delay(wait, time, over.Token), interruption) : Task.CompletedTask;
        try
        {
            while (true)
            {
                // Obtained before the look, so that a change between the two is not missed.
                var change = host.NextChange;
                var looked = time.GetTimestamp();
                var isLast = released.IsCompleted;
                var left = isLast ? TimeSpan.Zero : wait - time.GetElapsedTime(begin);
                var step = await LookAsync(request, left > TimeSpan.Zero ? left : TimeSpan.Zero, interruption, over.Token);
                if (step.IsFinal || isLast || (step.Next is not null && released.IsCompleted))
                    return step.Answer;

                request = step.Next ?? request;
                _ = await Task.WhenAny([.. step.Wakes ?? [change], released]);
                stop.ThrowIfCancellationRequested();
                if (step.Wakes is null && time.GetElapsedTime(looked) is var elapsed && elapsed < Pace && !released.IsCompleted)
                    await Task.Delay(Pace - elapsed, time, stop);
            }
        }
        finally
        {
            await over.CancelAsync();
        }
    }

    private async ValueTask<Step> LookAsync(TailRequest request, TimeSpan left, Task interruption, CancellationToken over)
    {
        if (host.Execute((core, _) => JobRoute.Find(core, request.Id, NodeStatus.TailCapability)) is not { } route)
            return Step.Final(new Error($"there is no job '{request.Id}'; it may have ended and expired"));

        if (FileOf(route.Job, request.Stream) is { } file)
        {
            var node = route.Job.Status.Node is { } name ? $"node '{name}'" : "the node that runs it";
            return Step.Final(new Error(
                $"job '{request.Id}' prints its {OutputStreams.Word(request.Stream)} to {file} on {node}; no node keeps it"));
        }

        if (!route.IsRunning)
            return OfRecord(route, request);

        if (route.IsHere)
            return await OfRunAsync(route, request, over);

        return route.Problem is { } problem ? Step.Pending(new Error(problem))
            : !route.IsCapable || route.Peers is [] ? Step.Pending(Nothing(route.Job, request) with { IsLate = true })
            : await RelayAsync(route, request, left, interruption, over);
    }

    private static string? FileOf(Job job, OutputStream stream) =>
        (stream is OutputStream.Stdout ? job.Spec.Stdout : job.Spec.Stderr) is { } path ? Path.Combine(job.Spec.Cwd ?? "/", path) : null;

    private static Step OfRecord(JobRoute route, TailRequest request)
    {
        var job = route.Job;
        if (StoredOutput.Of(job, request.Stream) is not { } output)
            return Step.Final(NotBase64(request));

        var asked = KeptRange.Resolve(OffsetIn(job, request), output.Total);
        if (asked >= output.Total)
        {
            // The node of a job that waits for its first or next run may be offline.
            var nothing = Nothing(job, request) with { Offset = asked, HasEnded = job.HasEnded };
            return job.HasEnded ? Step.Final(nothing) : Step.Pending(route.Problem is { } problem ? new Error(problem) : nothing);
        }

        try
        {
            return output.Read(asked, OutputPart.MostBytes) is { } kept
                ? Step.Final(Part(job, asked, kept) is var part && job.HasEnded && part.Offset >= output.Total
                    ? part with { HasEnded = true }
                    : part)
                : Step.Final(NotBase64(request));
        }
        catch (IOException problem)
        {
            return Step.Final(Unreadable(request, problem));
        }
    }

    private async ValueTask<Step> OfRunAsync(JobRoute route, TailRequest request, CancellationToken over)
    {
        var job = route.Job;
        if (live.Find(job.Id) is not { } entry)
            return Step.Pending(Nothing(job, request) with { IsLate = job.Status.State is JobState.Running });

        try
        {
            return await OfRunAsync(entry, job, request).WaitAsync(LongestRead, time, over);
        }
        catch (FileNotFoundException)
        {
            // The run has ended meanwhile, and its record has the output soon.
            return Step.Pending(Nothing(job, request), entry.Removed);
        }
        catch (IOException problem)
        {
            return Step.Final(Unreadable(request, problem));
        }
        catch (TimeoutException)
        {
            return Step.Final(Unreadable(request, new IOException("the runner does not answer")));
        }
    }

    private static async Task<Step> OfRunAsync(LiveOutputs.RegisteredOutput entry, Job job, TailRequest request)
    {
        var total = await entry.Output.TotalAsync(request.Stream);
        var asked = KeptRange.Resolve(OffsetIn(job, request), total);
        if (asked >= total)
        {
            return Step.Pending(
                Nothing(job, request) with { Offset = asked },
                entry.Output.WhenAfter(request.Stream, asked), entry.Removed);
        }

        return Step.Final(Part(job, asked, await entry.Output.ReadAsync(request.Stream, asked, OutputPart.MostBytes)));
    }

    private async Task<Step> RelayAsync(JobRoute route, TailRequest request, TimeSpan left, Task interruption, CancellationToken over)
    {
        Error? problem = null;
        foreach (var peer in route.Peers)
        {
            try
            {
                var wait = left < LongestRelay ? left : LongestRelay;
                var begin = time.GetTimestamp();
                var answer = await relay.AskAsync(peer, request, wait, interruption, over);
                if (answer.IsSuccess)
                {
                    // A peer that answers early and without news has its reason, such as its own end.
                    var isEarly = time.GetElapsedTime(begin) < wait / 2;
                    var next = request with { Offset = answer.Value.Offset, Run = answer.Value.Run };
                    return answer.Value.IsEmpty && !isEarly ? Step.Again(answer, next) : Step.Final(answer);
                }

                problem ??= new Error(answer.Problem);
            }
            catch (IOException lost)
            {
                problem ??= new Error($"node '{peer}' cannot be asked for the output of job '{request.Id}': {lost.Message}");
            }
        }

        // The peer may not have the job yet, or reconnect soon.
        return Step.Pending(problem!, Task.Delay(RelayRetryTime, time, over));
    }

    // The offset in the present run of the job. Another run began a new stream.
    private static long OffsetIn(Job job, TailRequest request) =>
        request.Run is { } run && run != job.Status.StartCount ? 0 : request.Offset;

    private static OutputPart Nothing(Job job, TailRequest request) =>
        new() { Offset = Math.Max(0, OffsetIn(job, request)), Run = job.Status.StartCount };

    private static OutputPart Part(Job job, long asked, KeptBytes kept) => new()
    {
        Data = kept.Bytes,
        Offset = kept.Start + kept.Bytes.Length,
        Missing = kept.Start - asked,
        Run = job.Status.StartCount,
    };

    private static Error Unreadable(TailRequest request, IOException problem) =>
        new($"{OutputStreams.Word(request.Stream)} of job '{request.Id}' cannot be read: {problem.Message}");

    private static Error NotBase64(TailRequest request) =>
        new($"the {OutputStreams.Word(request.Stream)}_data of job '{request.Id}' is not base64");

    /// <summary>A look at an output.</summary>
    /// <param name="Answer">The answer if there is no more time.</param>
    /// <param name="IsFinal">True when the answer is to be given now.</param>
    /// <param name="Wakes">Another look is worthwhile when one of them completes; null: at any change of a job or a node.</param>
    /// <param name="Next">The request of the next look; null for the same.</param>
    private sealed record Step(Result<OutputPart> Answer, bool IsFinal, Task[]? Wakes = null, TailRequest? Next = null)
    {
        public static Step Final(Result<OutputPart> answer) => new(answer, IsFinal: true);

        public static Step Pending(Result<OutputPart> answer, params Task[] wakes) =>
            new(answer, IsFinal: false, wakes is [] ? null : wakes);

        public static Step Again(Result<OutputPart> answer, TailRequest next) => new(answer, IsFinal: false, [Task.CompletedTask], next);
    }
}
