using MeeseeksBox.Agent.Configuration;
using MeeseeksBox.Protocol.Requests;

namespace MeeseeksBox.Agent.Requests;

/// <summary>Checks the role of a client against the kind of a request (docs/SPECIFICATION.md#roles).</summary>
/// <remarks>What a request may do to which job, <see cref="ClientRights"/> decides in the turn of the core that does it.</remarks>
internal static class Authorization
{
    private static readonly Role[] Readers = [Role.Read, Role.Submit, Role.Peer, Role.Admin];
    private static readonly Role[] Senders = [Role.Submit, Role.Peer, Role.Admin];
    private static readonly Role[] Submitters = [Role.Submit, Role.Admin];
    private static readonly Role[] Admins = [Role.Admin];

    /// <summary>The error for a request that the role does not allow; null for an allowed one.</summary>
    public static string? Refusal(Request request, Role role) => Allowed(request) is var allowed && allowed.Contains(role)
        ? null
        : $"this needs the role '{Word(allowed[0])}', and yours is '{Word(role)}' (listen.allow on this node)";

    // A head sends signals, and so do the clients of the original with their jobs by sync.
    private static Role[] Allowed(Request request) => request switch
    {
        ModifyRequest => Admins,
        ConfigRequest config => config.Changes.EnumerateObject().Any() ? Admins : Readers,
        SyncRequest or KillRequest { Signal: not null } => Senders,
        SubmitRequest or KillRequest or SuspendRequest => Submitters,
        _ => Readers,
    };

    private static string Word(Role role) => role.ToString().ToLowerInvariant();
}
