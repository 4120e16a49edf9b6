using MeeseeksBox.Protocol;
using MeeseeksBox.Protocol.Lines;
using MeeseeksBox.Protocol.Requests;

namespace MeeseeksBox.Agent.Requests;

/// <summary>Dispatches each request to its handler.</summary>
internal sealed class RequestHandlers(
    StatusHandler status,
    SubmitHandler submit,
    QueryHandler query,
    GetHandler get,
    LsHandler ls,
    KillHandler kill,
    SignalHandler signal,
    SuspendHandler suspend,
    ModifyHandler modify,
    ConfigHandler config,
    SyncHandler sync,
    TailHandler tail,
    DurabilityBarrier durability)
{
    /// <summary>Executes a request and writes its value.</summary>
    /// <param name="request">The request.</param>
    /// <param name="options">The options of its object.</param>
    /// <param name="further">Ends a wait of the request itself; null when it may not wait.</param>
    /// <param name="answer">Receives the value.</param>
    /// <param name="session">The session of the client.</param>
    /// <param name="stop">Cancels the request.</param>
    public ValueTask HandleAsync(
        Request request,
        RequestOptions options,
        ILineLookahead? further,
        ResponseWriter answer,
        Session session,
        CancellationToken stop)
    {
        if (Authorization.Refusal(request, session.Rights.Role) is { } refusal)
        {
            answer.Refuse(refusal, ErrorCode.Forbidden);
            answer.Json.WriteBooleanValue(false);
            return ValueTask.CompletedTask;
        }

        answer.Warn(request.Warnings);
        durability.Note(request, session, answer);
        switch (request)
        {
            case GetRequest all:
                return get.HandleAsync(all, options, answer, session, stop);
            case LsRequest all:
                return ls.HandleAsync(all, options, answer, stop);
            case KillRequest { Signal: not null } some:
                return signal.HandleAsync(some, answer, session, stop);
            case KillRequest some:
                return kill.HandleAsync(some, answer, session, stop);
            case SuspendRequest some:
                return suspend.HandleAsync(some, answer, session, stop);
            case ModifyRequest some:
                return modify.HandleAsync(some, answer, stop);
            case ConfigRequest changes:
                return config.HandleAsync(changes, answer);
            case SubmitRequest spec:
                return submit.HandleAsync(spec, options, answer, session, stop);
            case QueryRequest one:
                return query.HandleAsync(one, options, answer);
            case SyncRequest jobs:
                sync.Handle(jobs, options, answer, session);
                return ValueTask.CompletedTask;
            case TailRequest one:
                return tail.HandleAsync(one, TimeSpan.FromSeconds(options.Wait ?? 0), further, answer, stop);
            case StatusRequest:
                status.HandleStatus(answer);
                return ValueTask.CompletedTask;
            case NodesRequest nodes:
                status.HandleNodes(nodes, options, answer);
                return ValueTask.CompletedTask;
            case PoolsRequest:
                status.HandlePools(answer);
                return ValueTask.CompletedTask;
            default:
                throw new InvalidOperationException($"No handler for {request.GetType().Name}.");
        }
    }
}
