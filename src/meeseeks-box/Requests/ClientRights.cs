using System.Globalization;
using MeeseeksBox.Agent.Configuration;
using MeeseeksBox.Agent.Listening;
using MeeseeksBox.Core.Scheduling;
using MeeseeksBox.Core.Settings;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Agent.Requests;

/// <summary>What a client may request, and as which users its jobs run (docs/SPECIFICATION.md#job-user).</summary>
/// <remarks>Compares texts and numbers only, because it is used inside the core: a directory service could hold it up.</remarks>
internal sealed class ClientRights
{
    private readonly HashSet<string> _users = new(StringComparer.Ordinal);
    private readonly IReadOnlyList<string>? _pools;
    private readonly PeerUser? _peer;
    private readonly string _name = "";
    private readonly bool _isStamped;
    private readonly bool _isAny;

    private ClientRights(Role role) => (Role, _isAny) = (role, true);

    private ClientRights(Access access, IAccounts accounts)
    {
        (Role, _pools, _isAny) = (access.Role, access.Pools, access.Users is null);
        foreach (var user in access.Users ?? [])
            Add(user, accounts.FindUser(user));
    }

    private ClientRights(Role role, Access access, PeerUser peer, bool isStamped, IAccounts accounts)
    {
        var number = peer.Id.ToString(CultureInfo.InvariantCulture);
        var account = accounts.FindUser(number);
        (Role, _pools, _peer, _isStamped, _name) = (role, access.Pools, peer, isStamped, account?.ToString() ?? number);
        Add(number, account);
    }

    /// <summary>Its requests.</summary>
    public Role Role { get; }

    /// <summary>The rights of a client.</summary>
    /// <param name="client">The client.</param>
    /// <param name="access">What <c>listen.allow</c> grants to it.</param>
    /// <param name="accounts">The users of this host.</param>
    public static ClientRights Of(ClientIdentity client, Access access, IAccounts accounts)
    {
        if (client.User is not { } peer)
            return new ClientRights(access, accounts);

        // Both control the box anyway.
        var own = accounts.OwnUser;
        if (peer.Id is 0 || peer.Id == own.Id)
            return new ClientRights(access.Role);

        // By its configuration, a box that is root could be made to write files as root.
        var role = access.IsOpen && own.IsRoot ? Role.Submit : access.Role;
        return new ClientRights(role, access, peer, isStamped: own.IsRoot, accounts);
    }

    /// <summary>Why the client may not submit a spec; null when it may.</summary>
    public string? Refusal(SubmitArgument spec)
    {
        var (uid, gid) = (spec.Values.Spec.Uid, spec.Values.Spec.Gid);
        if (_isAny || (uid is null && gid is null) || (MayName(uid ?? OwnNumber) && MayHave(gid)))
            return null;

        var account = uid is null ? $"group '{gid}'" : gid is null ? $"user '{uid}'" : $"user '{uid}' and group '{gid}'";
        return _peer is not null
            ? $"uid: you are {_name} and cannot have a job run as {account}; leave uid and gid out"
            : $"uid: this client cannot have a job run as {account} (listen.allow on this node); leave uid and gid out";
    }

    /// <summary>Why the client may not have, change, restart or kill a job; null when it may.</summary>
    /// <remarks>Ask about the job as it is, and as it will be.</remarks>
    public string? Refusal(Job job)
    {
        if (job.Spec.Pool is NodeSettings.ConfigPool && Role is not Role.Admin)
            return $"job '{job.Id}' is a configuration, which needs the role 'admin' (listen.allow on this node)";
        if (_pools?.Contains(job.Spec.Pool) is false)
        {
            return $"job '{job.Id}' is in pool '{job.Spec.Pool}', and this client may only use {string.Join(", ", _pools)} "
                + "(listen.allow on this node)";
        }

        var (uid, gid) = (job.Spec.Uid, job.Spec.Gid);
        var isOwn = _isAny || (uid is null ? gid is null && !_isStamped : MayName(uid) && MayHave(gid));
        if (isOwn)
            return null;

        var owner = uid is null ? "it runs as the user of its pool" : $"it runs as user '{uid}'{(gid is null ? "" : $", group '{gid}'")}";
        return $"job '{job.Id}' is not yours: {owner}{(_peer is null ? "" : $", and you are {_name}")}";
    }

    /// <summary>The limits of the client for the core; null without limits.</summary>
    public Submitter? Submitter => _isAny && Role is Role.Admin ? null
        : _isStamped ? new Submitter(Refusal, OwnNumber, _peer!.Group.ToString(CultureInfo.InvariantCulture), ReportsStatus)
        : new Submitter(Refusal, null, null, ReportsStatus);

    private bool ReportsStatus => Role is Role.Peer or Role.Admin;

    private string? OwnNumber => _peer?.Id.ToString(CultureInfo.InvariantCulture);

    private bool MayName(string? user) => user is not null && _users.Contains(user);

    // A list of users says nothing of groups, which a user may not be in.
    private bool MayHave(string? group) => group is null || group == _peer?.Group.ToString(CultureInfo.InvariantCulture);

    private void Add(string user, Account? account)
    {
        _ = _users.Add(user);
        if (account is { IsKnown: true })
        {
            _ = _users.Add(account.Name);
            _ = _users.Add(account.Id.ToString(CultureInfo.InvariantCulture));
        }
    }
}
